namespace Fovea.Kernels;

/// <summary>A kind of processor as its makers publish it: what all processors of one microarchitecture share.</summary>
/// <param name="Name">The microarchitecture.</param>
/// <param name="Vendor">As CPUID tells it; empty where it cannot be recognised at run time.</param>
/// <param name="Family">As CPUID tells it, extended.</param>
/// <param name="Models">First and last model, extended, of each stretch of models.</param>
internal sealed record CpuFamily(
    string Name,
    string Vendor,
    int Family,
    params IReadOnlyList<(int First, int Last)> Models
)
{
    /// <summary>Bits of its widest vectors.</summary>
    public required int Bits { get; init; }

    /// <summary>Vector registers.</summary>
    public required int Registers { get; init; }

    /// <summary>Whether a multiply-add is one instruction.</summary>
    public bool IsFused { get; init; } = true;

    /// <summary>Units that multiply and add, and bits of each: a wider instruction takes a unit several times, a
    /// narrower one leaves a part of it idle.</summary>
    public required (double Count, int Bits) Products { get; init; }

    /// <summary>Vectors loaded in a cycle, and bits of the widest that are.</summary>
    public required (double Count, int Bits) Loads { get; init; }

    /// <summary>Cycles from a multiply-add to one that needs its result.</summary>
    public double LatencyCycles { get; init; } = 4.0;

    /// <summary>Floats a cycle that a core reads in order from beyond its second cache.</summary>
    public double FloatsPerCycle { get; init; } = CpuProfile.UsualFloatsPerCycle;

    /// <summary>Bytes of the first, second and third cache, as the most common processor of the kind has them.</summary>
    public required (long First, long Second, long Third) Caches { get; init; }

    /// <summary>Its profile.</summary>
    public CpuProfile Profile => At(Bits);

    /// <summary>Its profile where kernels run at another width.</summary>
    /// <param name="bits">Vector width: 512, 256 or 128.</param>
    public CpuProfile At(int bits) =>
        new()
        {
            Name = Name,
            Bits = bits,
            Registers = Registers,
            IsFused = IsFused,
            ProductsPerCycle = At(Products, bits),
            LoadsPerCycle = At(Loads, bits),
            LatencyCycles = LatencyCycles,
            FloatsPerCycle = FloatsPerCycle,
            FirstCache = Caches.First,
            SecondCache = Caches.Second,
            ThirdCache = Caches.Third,
        };

    /// <summary>Whether a processor is one of the kind.</summary>
    public bool Is(CpuIdentity identity) =>
        identity.Vendor == Vendor
        && identity.Family == Family
        && Models.Any(m => identity.Model >= m.First && identity.Model <= m.Last);

    private static double At((double Count, int Bits) units, int bits) =>
        units.Count * Math.Min(1.0, (double)units.Bits / bits);
}

/// <summary>What CPUID says of who made a processor, and which it is.</summary>
/// <param name="Vendor">Twelve characters, e.g. <c>AuthenticAMD</c>.</param>
/// <param name="Family">With the extended family.</param>
/// <param name="Model">With the extended model.</param>
internal readonly record struct CpuIdentity(string Vendor, int Family, int Model);
