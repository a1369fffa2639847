namespace Fovea.Kernels;

/// <summary>A whole number known when a kernel is compiled.</summary>
internal interface IConstant
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}

/// <summary>1: neighbouring pixels are neighbouring floats.</summary>
internal readonly struct One : IConstant
{
    public static int Value => 1;
}

/// <summary>2: neighbouring pixels lie two floats apart.</summary>
internal readonly struct Two : IConstant
{
    public static int Value => 2;
}

/// <summary>4: neighbouring pixels lie four floats apart.</summary>
internal readonly struct Four : IConstant
{
    public static int Value => 4;
}

/// <summary>16: neighbouring pixels of blocked maps.</summary>
internal readonly struct Sixteen : IConstant
{
    public static int Value => TileCall.Block;
}

/// <summary>32: every second pixel of blocked maps.</summary>
internal readonly struct ThirtyTwo : IConstant
{
    public static int Value => 2 * TileCall.Block;
}

/// <summary>What a tile kernel computes: y[p, v] = clamp(bias[v] + add[p, v] + sum over taps t and depth k of
/// x[offsets[t] + p * step + k] * w[t, k, v]).</summary>
internal unsafe struct TileCall
{
    /// <summary>Channels that lie together in a blocked map, [N, C / 16, H, W, 16], whatever the vector
    /// width.</summary>
    public const int Block = 16;

    /// <summary>The pixel that tap offsets count from.</summary>
    public float* Source;

    /// <summary>For each tap the place of its first value, in floats.</summary>
    public int* Offsets;

    /// <summary>Taps: channel blocks times kernel positions.</summary>
    public int Taps;

    /// <summary>Consecutive values of each tap: the channels of a block.</summary>
    public int Depth;

    /// <summary>[taps][depth][vectors of output channels].</summary>
    public float* Weights;

    /// <summary>Memory that is needed after this tile, asked for meanwhile; anywhere where <see cref="LaterStep"/> is
    /// 0.</summary>
    public float* Later;

    /// <summary>Bytes of it to go on by with each value of each tap: less than a cache line where a few steps ask for
    /// the same, so that requests are spread evenly.</summary>
    public nint LaterStep;

    /// <summary>First value of each output channel.</summary>
    public float* Bias;

    /// <summary>Added at the start, laid out as the destination; may be null.</summary>
    public float* Add;

    /// <summary>The first pixel written, in a blocked map.</summary>
    public float* Destination;

    /// <summary>Floats between channel blocks of the destination.</summary>
    public nint Plane;

    /// <summary>Smallest result: 0 for a ReLU.</summary>
    public float Low;

    /// <summary>Largest result: 6 for a ReLU6.</summary>
    public float High;
}

/// <summary>A tile kernel.</summary>
/// <param name="Pixels">Pixels it computes.</param>
/// <param name="Vectors">Vectors of output channels it computes of each.</param>
/// <param name="Address">Of the function.</param>
internal readonly record struct TileKernel(int Pixels, int Vectors, nint Address)
{
    /// <summary>Sums that it keeps, one a pixel and vector.</summary>
    public int Sums => Pixels * Vectors;

    /// <summary>Vector registers it needs: the sums, the pixels or the weights of a step, whichever are fewer, and one
    /// through which the others pass. Where the processor has fewer, a sum lives in memory, and each step waits for
    /// it.</summary>
    public int Registers => Sums + Math.Min(Pixels, Vectors) + 1;

    /// <summary>Runs it.</summary>
    public unsafe void Run(in TileCall call) => ((delegate* <in TileCall, void>)Address)(in call);
}
