namespace Fovea.Kernels;

/// <summary>
/// What a depthwise kernel computes of a channel block: for rows h and pixels p, y[h, p] = clamp(start + sum over taps
/// t of x[h, p, offset of t] * w[t]), where start is the bias or what was summed before.
/// </summary>
internal unsafe struct DepthwiseCall
{
    /// <summary>The place that offsets count from, of the first row and pixel.</summary>
    public float* Source;

    /// <summary>Floats between the source places of neighbouring rows of the result, stride included.</summary>
    public nint SourceRow;

    /// <summary>In floats: for each group of neighbouring taps the place of its first, then the places of single
    /// taps.</summary>
    public int* Offsets;

    /// <summary>Groups of as many taps as the kernel takes together.</summary>
    public int Groups;

    /// <summary>Taps by themselves.</summary>
    public int Singles;

    /// <summary>[taps][16], those of groups first.</summary>
    public float* Weights;

    /// <summary>First value of each channel.</summary>
    public float* Bias;

    /// <summary>In place of the bias, the sums so far of a row, pixel behind pixel, and not those written; null for
    /// none. Only for kernels of one row.</summary>
    public float* Add;

    /// <summary>The first pixel written.</summary>
    public float* Destination;

    /// <summary>Floats between rows of the result.</summary>
    public nint DestinationRow;

    /// <summary>Pixels of a row: as many as the kernel's tile at least.</summary>
    public int Pixels;

    /// <summary>Rows: a multiple of those of the kernel's tile.</summary>
    public int Rows;

    /// <summary>Smallest result: 0 for a ReLU.</summary>
    public float Low;

    /// <summary>Largest result: 6 for a ReLU6.</summary>
    public float High;
}

/// <summary>A depthwise kernel. Where its tiles do not fill a row evenly, the last overlaps the one before and computes
/// the same again.</summary>
/// <param name="Pixels">Pixels of a tile.</param>
/// <param name="Rows">Rows of a tile.</param>
/// <param name="Taps">Neighbouring taps of a group; 1 where it takes single taps only.</param>
/// <param name="Stride">Along the width.</param>
/// <param name="Address">Of the function.</param>
internal readonly record struct DepthwiseKernel(int Pixels, int Rows, int Taps, int Stride, nint Address)
{
    private const double TileCycles = 20.0; // of a tile, on top of its stores

    /// <summary>Runs it.</summary>
    public unsafe void Run(in DepthwiseCall call) => ((delegate* <in DepthwiseCall, void>)Address)(in call);

    /// <summary>A model of its time for a map, in cycles; fewer sums than fill the latency of a multiply-add wait for
    /// themselves.</summary>
    public double Cycles(int rows, int pixels, int taps, CpuProfile cpu)
    {
        double tiles = (double)((rows + Rows - 1) / Rows) * ((pixels + Pixels - 1) / Pixels),
            sums = Rows * Pixels;
        return tiles * ((taps * Math.Max(sums / cpu.ProductsPerCycle, cpu.LatencyCycles)) + (2 * sums) + TileCycles);
    }
}
