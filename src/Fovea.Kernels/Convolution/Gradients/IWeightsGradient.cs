namespace Fovea.Kernels;

/// <summary>The gradient of the weights of a convolution from blocked maps, planned for its sizes.</summary>
internal unsafe interface IWeightsGradient
{
    /// <summary>Floats of the sums that a run leaves.</summary>
    long SumsSize { get; }

    /// <summary>Floats of working memory that each part needs.</summary>
    long WorkspaceSize { get; }

    /// <summary>Independent parts of the work, at most.</summary>
    int Units { get; }

    /// <summary>The name people know it by.</summary>
    string Name { get; }

    /// <summary>Computes a part of the sums.</summary>
    /// <param name="call">What it is run on.</param>
    /// <param name="workspace">Of <see cref="WorkspaceSize"/>, of this part alone, on a boundary of 64 bytes.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many, no more than <see cref="Units"/>.</param>
    void Run(in WeightsGradientCall call, float* workspace, int part, int parts);

    /// <summary>Writes the sums as [Cout, Cin / groups, kernel...].</summary>
    void Unpack(float* sums, float* dw);
}

/// <summary>What a gradient of weights is run on.</summary>
internal unsafe struct WeightsGradientCall
{
    /// <summary>The first item of the input.</summary>
    public float* X;

    /// <summary>Floats from an item of it to the next.</summary>
    public long XItem;

    /// <summary>The first item of the gradient of the output.</summary>
    public float* Dy;

    /// <summary>Floats from an item of it to the next.</summary>
    public long DyItem;

    /// <summary>Items.</summary>
    public int Items;

    /// <summary>The sums of all parts.</summary>
    public float* Sums;
}
