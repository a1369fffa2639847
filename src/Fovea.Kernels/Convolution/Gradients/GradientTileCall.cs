namespace Fovea.Kernels;

/// <summary>What a tile of the gradient of weights adds: dw[j, v] += sum over items, rows and pixels of x[j] * dy[v].</summary>
internal unsafe struct GradientTileCall
{
    /// <summary>The first value of x that meets the first pixel of dy.</summary>
    public float* X;

    /// <summary>Floats of x from a pixel of dy to the next.</summary>
    public nint XStep;

    /// <summary>Floats of x from a row of dy to the next.</summary>
    public nint XRow;

    /// <summary>Floats of x from an item to the next.</summary>
    public nint XItem;

    /// <summary>The first pixel of dy, a blocked map.</summary>
    public float* Dy;

    /// <summary>Floats of dy from a channel block to the next.</summary>
    public nint DyPlane;

    /// <summary>Floats of dy from a row to the next.</summary>
    public nint DyRow;

    /// <summary>Floats of dy from an item to the next.</summary>
    public nint DyItem;

    /// <summary>Pixels of a row.</summary>
    public int Width;

    /// <summary>Rows of an item.</summary>
    public int Rows;

    /// <summary>Items.</summary>
    public int Items;

    /// <summary>The sums of the first value, those of the others behind it.</summary>
    public float* Dw;

    /// <summary>Floats from the sums of a value to those of the next.</summary>
    public nint DwRow;
}

/// <summary>A tile kernel of the gradient of weights.</summary>
/// <param name="Values">Values of x, which lie together.</param>
/// <param name="Vectors">Vectors of output channels.</param>
/// <param name="Address">Of the function.</param>
internal readonly record struct GradientTile(int Values, int Vectors, nint Address)
{
    /// <summary>Sums that it keeps.</summary>
    public int Sums => Values * Vectors;

    /// <summary>Vector registers it needs: the sums, the fewer of values and vectors, and one through which the others
    /// pass.</summary>
    public int Registers => Sums + Math.Min(Values, Vectors) + 1;

    /// <summary>Cycles of a pixel by a model: multiply-adds, or loads, or the wait of a sum for itself.</summary>
    public double Cycles(CpuProfile cpu) =>
        Math.Max(Math.Max(Sums / cpu.ProductsPerCycle, cpu.LatencyCycles), (Values + Vectors) / cpu.LoadsPerCycle);

    /// <summary>Runs it.</summary>
    public unsafe void Run(in GradientTileCall call) => ((delegate* <in GradientTileCall, void>)Address)(in call);
}
