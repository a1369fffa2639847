using System.Text.Json.Nodes;
using Fovea.Kernels;

namespace Fovea.Workbench;

/// <summary>What plans are made for: the processor as it tells itself and as its kind is published, nothing measured. Two
/// processes with the same profile choose the same algorithms and compute the same bits
/// (docs/decisions/0044-what-is-measured-decides-nothing.md).</summary>
/// <param name="Name">The kind of processor, e.g. <c>Zen 4</c>; <c>usual</c> where it is not known.</param>
/// <param name="VectorBits">Bits in a vector: 512, 256 or 128.</param>
/// <param name="Registers">Vector registers.</param>
/// <param name="IsFused">Whether a multiply-add is one instruction.</param>
/// <param name="ProductsPerCycle">Multiply-adds of vectors that begin in a cycle.</param>
/// <param name="LatencyCycles">Cycles from a multiply-add to one that needs its result.</param>
/// <param name="LoadsPerCycle">Vectors loaded in a cycle.</param>
/// <param name="FloatsPerCycle">Floats a cycle that a core reads from beyond its second cache.</param>
/// <param name="FirstCache">Bytes of the first cache.</param>
/// <param name="SecondCache">Bytes of the second cache.</param>
/// <param name="ThirdCache">Bytes of the third cache; 0 for none.</param>
public sealed record MachineProfile(
    string Name,
    int VectorBits,
    int Registers,
    bool IsFused,
    double ProductsPerCycle,
    double LatencyCycles,
    double LoadsPerCycle,
    double FloatsPerCycle,
    long FirstCache,
    long SecondCache,
    long ThirdCache
)
{
    /// <summary>That of this process.</summary>
    public static MachineProfile Current { get; } = Of(CpuProfile.Current);

    internal static MachineProfile Of(CpuProfile cpu) =>
        new(
            cpu.Name,
            cpu.Bits,
            cpu.Registers,
            cpu.IsFused,
            cpu.ProductsPerCycle,
            cpu.LatencyCycles,
            cpu.LoadsPerCycle,
            cpu.FloatsPerCycle,
            cpu.FirstCache,
            cpu.SecondCache,
            cpu.ThirdCache
        );

    /// <summary>What a profile in a run's record says otherwise than this one, e.g. <c>secondCache 524288 instead of
    /// 1048576</c>; empty where nothing does. What the record does not have is not compared.</summary>
    internal string DifferencesFrom(JsonObject recorded) =>
        string.Join(
            ", ",
            RunJson
                .Indented.ToNode(this)!
                .AsObject()
                .Where(p => recorded[p.Key] is { } before && !JsonNode.DeepEquals(before, p.Value))
                .Select(p => $"{p.Key} {p.Value} instead of {recorded[p.Key]}")
        );
}
