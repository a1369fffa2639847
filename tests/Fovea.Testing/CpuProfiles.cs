using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>Some common processors as values, so that decisions can be tested for what is not at hand. Caches,
/// registers and units are those of the makers' manuals; reading speeds are rough.</summary>
internal static class CpuProfiles
{
    /// <summary>Intel Xeon of the fourth generation: two 512-bit multiply-adds a cycle.</summary>
    public static readonly CpuProfile SapphireRapids = new()
    {
        Bits = 512,
        Registers = 32,
        FirstCache = 48 << 10,
        SecondCache = 2 << 20,
        ThirdCache = 32 << 20,
    };

    /// <summary>AMD EPYC of the fourth generation: a 512-bit instruction takes its 256-bit units twice.</summary>
    public static readonly CpuProfile Zen4 = new()
    {
        Bits = 512,
        Registers = 32,
        ProductsPerCycle = 1.0,
        LoadsPerCycle = 1.0,
        FirstCache = 32 << 10,
        SecondCache = 1 << 20,
        ThirdCache = 32 << 20,
    };

    /// <summary>AMD EPYC or Ryzen of the third generation, with slow memory beside neighbours.</summary>
    public static readonly CpuProfile Zen3 = new()
    {
        Bits = 256,
        Registers = 16,
        FirstCache = 32 << 10,
        SecondCache = 512 << 10,
        ThirdCache = 32 << 20,
        FloatsPerCycle = 1.1,
    };

    /// <summary>Intel Core of 2015 and after: a small second cache.</summary>
    public static readonly CpuProfile Skylake = new()
    {
        Bits = 256,
        Registers = 16,
        FirstCache = 32 << 10,
        SecondCache = 256 << 10,
        ThirdCache = 8 << 20,
    };

    /// <summary>A processor with SSE4.2 alone: a multiply-add is two instructions.</summary>
    public static readonly CpuProfile Westmere = new()
    {
        Bits = 128,
        Registers = 16,
        IsFused = false,
        ProductsPerCycle = 1.0,
        LatencyCycles = 7.0,
        LoadsPerCycle = 1.0,
        FirstCache = 32 << 10,
        SecondCache = 256 << 10,
        ThirdCache = 12 << 20,
        FloatsPerCycle = 1.0,
    };

    /// <summary>Arm Neoverse N1, as in servers of 2020.</summary>
    public static readonly CpuProfile NeoverseN1 = new()
    {
        Bits = 128,
        Registers = 32,
        FirstCache = 64 << 10,
        SecondCache = 1 << 20,
        ThirdCache = 32 << 20,
    };

    /// <summary>The fast cores of an Apple M1: four multiply-adds a cycle.</summary>
    public static readonly CpuProfile AppleM1 = new()
    {
        Bits = 128,
        Registers = 32,
        ProductsPerCycle = 4.0,
        LoadsPerCycle = 3.0,
        FirstCache = 128 << 10,
        SecondCache = 12 << 20,
        FloatsPerCycle = 4.0,
    };

    /// <summary>The processor of decision 8, limited to 256 bits.</summary>
    public static readonly CpuProfile Narrowed = SapphireRapids with { Bits = 256, Registers = 16 };

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<(string Name, CpuProfile Cpu)> All =
    [
        (nameof(SapphireRapids), SapphireRapids),
        (nameof(Zen4), Zen4),
        (nameof(Zen3), Zen3),
        (nameof(Skylake), Skylake),
        (nameof(Westmere), Westmere),
        (nameof(NeoverseN1), NeoverseN1),
        (nameof(AppleM1), AppleM1),
        (nameof(Narrowed), Narrowed),
    ];

    /// <summary>One of a vector width with the usual speeds, for lists of decisions: they differ by the width
    /// alone.</summary>
    public static CpuProfile OfBits(int bits) =>
        bits switch
        {
            512 => SapphireRapids,
            256 => Narrowed,
            _ => NeoverseN1,
        };

    /// <summary>One of a vector width, to run kernels that the processor at hand would not choose; a width it lacks is
    /// computed in pieces.</summary>
    public static CpuProfile OfWidth(int bits) =>
        bits switch
        {
            512 => SapphireRapids,
            256 => Zen3,
            _ => NeoverseN1,
        };
}
