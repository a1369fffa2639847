namespace Fovea.Kernels;

/// <summary>What decisions need to know of a processor: all that chooses an algorithm, a tile or how work is cut takes
/// one of these, so that it can be asked about a processor that is not at hand.</summary>
/// <remarks>Every figure is the same in each process of a machine: what the processor tells, and what is published of its
/// kind (<see cref="CpuFamilies"/>). Nothing here is measured, as another choice of algorithm is other bits.</remarks>
internal sealed record CpuProfile
{
    /// <summary>Floats a cycle from beyond the second cache, where nothing is known.</summary>
    public const double UsualFloatsPerCycle = 2.2;

    /// <summary>The processor of this process, at the vector width of <see cref="CpuTier"/>.</summary>
    public static CpuProfile Current { get; } = CpuDetection.Detect(CpuTier.Bits);

    /// <summary>The kind of processor, e.g. <c>Zen 4</c>; <c>usual</c> where it is none of those known.</summary>
    public string Name { get; init; } = "usual";

    /// <summary>Bits in a vector: 512, 256 or 128.</summary>
    public required int Bits { get; init; }

    /// <summary>Vector registers.</summary>
    public required int Registers { get; init; }

    /// <summary>Whether a multiply-add is one instruction. Where it is two, the product between them takes a
    /// register.</summary>
    public bool IsFused { get; init; } = true;

    /// <summary>Multiply-adds of vectors that begin in a cycle.</summary>
    public double ProductsPerCycle { get; init; } = 2.0;

    /// <summary>Cycles from the begin of a multiply-add to that of another that needs its result.</summary>
    public double LatencyCycles { get; init; } = 4.0;

    /// <summary>Loads of vectors that begin in a cycle.</summary>
    public double LoadsPerCycle { get; init; } = 2.0;

    /// <summary>Bytes of the first cache of a core.</summary>
    public required long FirstCache { get; init; }

    /// <summary>Bytes of the second cache of a core.</summary>
    public required long SecondCache { get; init; }

    /// <summary>Bytes of the cache that a core shares with others; 0 where there is none.</summary>
    public long ThirdCache { get; init; }

    /// <summary>Floats a cycle that one core reads in order from beyond its second cache.</summary>
    public double FloatsPerCycle { get; init; } = UsualFloatsPerCycle;

    /// <summary>Floats in a vector.</summary>
    public int Lanes => Bits / 32;

    /// <summary>GFLOP/s of multiply-adds by what is published: cores x cycles a second x lanes x 2 x multiply-adds a
    /// cycle.</summary>
    /// <param name="cores">Cores.</param>
    /// <param name="gigahertz">Billions of cycles a second.</param>
    public double PeakGflops(double cores, double gigahertz) => cores * gigahertz * Lanes * 2.0 * ProductsPerCycle;

    /// <summary>Registers that values of a kernel may take.</summary>
    public int FreeRegisters => IsFused ? Registers : Registers - 1;
}
