namespace Fovea.Kernels;

/// <summary>What a pool computes at a time: neighbouring windows of one row and one channel block, all with the same
/// taps.</summary>
internal unsafe struct PoolCall
{
    /// <summary>Where the first tap of the first window would be if it were in the first row of the input.</summary>
    public float* Source;

    /// <summary>Floats to each row of the window.</summary>
    public int* Rows;

    /// <summary>Rows of the window.</summary>
    public int RowCount;

    /// <summary>Floats from the first tap to each tap of a row.</summary>
    public int* Taps;

    /// <summary>Taps of a row.</summary>
    public int TapCount;

    /// <summary>Floats from a window to the next.</summary>
    public int Step;

    /// <summary>Windows.</summary>
    public int Columns;

    /// <summary>The first pixel written.</summary>
    public float* Destination;

    /// <summary>What sums are multiplied by. Maxima do not use it.</summary>
    public float Share;
}

/// <summary>How the values of a window become one.</summary>
internal interface IPoolRule<TVec>
    where TVec : struct
{
    /// <summary>The result of no values.</summary>
    static abstract TVec Start { get; }

    /// <summary>The result with one value more.</summary>
    static abstract TVec Combine(TVec result, TVec value);

    /// <summary>The result of all values.</summary>
    static abstract TVec Finish(TVec result, TVec share);
}
