namespace Fovea.Kernels;

/// <summary>The kinds of processors that rates are known of. Decisions may use these figures, as they are the same in
/// every process of a machine (decision 44); what a process measures they may not.</summary>
/// <remarks>
/// Units, loads, registers and caches: AMD's Software Optimization Guides (56305 for family 17h models 30h and up, 56665 for
/// family 19h, 57647 for Zen 4, 58455 for Zen 5), Intel's Optimization Reference Manual (248966), Arm's Software
/// Optimization Guides for Neoverse N1 and V1, Apple's Silicon CPU Optimization Guide. Latencies: uops.info and these.
/// Models: CPUID lists of the same makers. No maker publishes how fast a core reads from beyond its second cache: those
/// figures are measured (docs/performance.md), or the usual one.
/// </remarks>
internal static class CpuFamilies
{
    private const string Amd = "AuthenticAMD";
    private const string Intel = "GenuineIntel";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<CpuFamily> All =
    [
        new("Zen 2", Amd, 0x17, (0x30, 0xFF))
        {
            Bits = 256,
            Registers = 16,
            Products = (2, 256),
            Loads = (2, 256),
            LatencyCycles = 5.0,
            FloatsPerCycle = 1.1, // as Zen 3
            Caches = (32 << 10, 512 << 10, 16 << 20),
        },
        new("Zen 3", Amd, 0x19, (0x00, 0x0F), (0x20, 0x5F))
        {
            Bits = 256,
            Registers = 16,
            Products = (2, 256),
            Loads = (2, 256),
            FloatsPerCycle = 1.1, // 11 to 13 GB/s of memory
            Caches = (32 << 10, 512 << 10, 32 << 20),
        },
        new("Zen 4", Amd, 0x19, (0x10, 0x1F), (0x60, 0xAF))
        {
            Bits = 512,
            Registers = 32,
            Products = (2, 256), // an instruction of 512 bits passes a unit twice
            Loads = (2, 256),
            FloatsPerCycle = 1.1,
            Caches = (32 << 10, 1 << 20, 32 << 20),
        },
        new("Zen 5", Amd, 0x1A, (0x00, 0x1F), (0x40, 0x4F))
        {
            Bits = 512,
            Registers = 32,
            Products = (2, 512),
            Loads = (2, 512),
            Caches = (48 << 10, 1 << 20, 32 << 20),
        },
        new("Skylake", Intel, 6, (0x4E, 0x4E), (0x5E, 0x5E), (0x8E, 0x8E), (0x9E, 0x9E), (0xA5, 0xA6))
        {
            Bits = 256,
            Registers = 16,
            Products = (2, 256),
            Loads = (2, 256),
            Caches = (32 << 10, 256 << 10, 8 << 20),
        },
        new("Skylake-X", Intel, 6, (0x55, 0x55))
        {
            Bits = 512,
            Registers = 32,
            Products = (2, 512), // as most Xeons; some have one
            Loads = (2, 512),
            Caches = (32 << 10, 1 << 20, 22 << 20),
        },
        new("Ice Lake server", Intel, 6, (0x6A, 0x6A), (0x6C, 0x6C))
        {
            Bits = 512,
            Registers = 32,
            Products = (2, 512),
            Loads = (2, 512),
            Caches = (48 << 10, 1280 << 10, 36 << 20),
        },
        new("Sapphire Rapids", Intel, 6, (0x8F, 0x8F), (0xCF, 0xCF))
        {
            Bits = 512,
            Registers = 32,
            Products = (2, 512),
            Loads = (2, 512),
            Caches = (48 << 10, 2 << 20, 32 << 20),
        },
        new("Alder Lake", Intel, 6, (0x97, 0x97), (0x9A, 0x9A))
        {
            Bits = 256,
            Registers = 16,
            Products = (2, 256),
            Loads = (3, 256),
            Caches = (48 << 10, 1280 << 10, 30 << 20),
        },
        new("Raptor Lake", Intel, 6, (0xB7, 0xB7), (0xBA, 0xBA), (0xBF, 0xBF))
        {
            Bits = 256,
            Registers = 16,
            Products = (2, 256),
            Loads = (3, 256),
            Caches = (48 << 10, 2 << 20, 36 << 20),
        },
        new("Westmere", Intel, 6, (0x25, 0x25), (0x2C, 0x2C), (0x2F, 0x2F))
        {
            Bits = 128,
            Registers = 16,
            IsFused = false,
            Products = (1, 128), // a product and a sum begin in each cycle
            Loads = (1, 128),
            LatencyCycles = 7.0, // 4 of the product, 3 of the sum
            FloatsPerCycle = 1.0,
            Caches = (32 << 10, 256 << 10, 12 << 20),
        },
        Apple("Apple M1", 12L << 20),
        Apple("Apple M2", 16L << 20),
        Apple("Apple M3", 16L << 20),
        new("Graviton 2", "", 0)
        {
            Bits = 128,
            Registers = 32,
            Products = (2, 128),
            Loads = (2, 128),
            Caches = (64 << 10, 1 << 20, 32 << 20),
        },
        new("Graviton 3", "", 0)
        {
            Bits = 128,
            Registers = 32,
            Products = (4, 128),
            Loads = (3, 128),
            Caches = (64 << 10, 1 << 20, 32 << 20),
        },
    ];

    /// <summary>The kind of a processor; null where it is none of these.</summary>
    public static CpuFamily? Of(CpuIdentity? identity) =>
        identity is { } known ? All.FirstOrDefault(f => f.Is(known)) : null;

    /// <summary>A kind by its name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static CpuFamily Named(string name) => All.Single(f => f.Name == name);

    /// <summary>The fast cores of an Apple chip; they share a second cache and have no third.</summary>
    private static CpuFamily Apple(string name, long secondCache) =>
        new(name, "", 0)
        {
            Bits = 128,
            Registers = 32,
            Products = (4, 128),
            Loads = (3, 128),
            FloatsPerCycle = 4.5, // 58 GB/s at 3.2 GHz (AnandTech, November 2020)
            Caches = (128 << 10, secondCache, 0),
        };
}
