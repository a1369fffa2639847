using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>Some common processors as values, so that decisions can be tested for what is not at hand: those of
/// <see cref="CpuFamilies"/>, and one that is limited.</summary>
internal static class CpuProfiles
{
    /// <summary>Intel Xeon of the fourth generation: two 512-bit multiply-adds a cycle.</summary>
    public static readonly CpuProfile SapphireRapids = CpuFamilies.Named("Sapphire Rapids").Profile;

    /// <summary>AMD EPYC or Ryzen of the third generation, with slow memory beside neighbours.</summary>
    public static readonly CpuProfile Zen3 = CpuFamilies.Named("Zen 3").Profile;

    /// <summary>Arm Neoverse N1, as in servers of 2020.</summary>
    public static readonly CpuProfile NeoverseN1 = CpuFamilies.Named("Graviton 2").Profile;

    /// <summary>The processor of decision 8, limited to 256 bits.</summary>
    public static readonly CpuProfile Narrowed = SapphireRapids with { Name = "narrowed", Bits = 256, Registers = 16 };

    /// <summary>All of them by name, those with 512 bits also at 256.</summary>
    public static readonly IReadOnlyList<(string Name, CpuProfile Cpu)> All =
    [
        .. CpuFamilies.All.Select(f => (f.Name, f.Profile)),
        .. CpuFamilies.All.Where(f => f.Bits == 512).Select(f => ($"{f.Name} at 256 bits", f.At(256))),
        (Narrowed.Name, Narrowed),
    ];

    /// <summary>One by its name in <see cref="All"/>.</summary>
    public static CpuProfile Named(string name) => All.Single(p => p.Name == name).Cpu;

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
