using Fovea.Kernels;

namespace Fovea;

/// <summary>The arguments of a pool: which windows it has.</summary>
public abstract record PoolAttributes : OperatorAttributes;

/// <summary>Windows of one size that slide.</summary>
/// <param name="Rank">Spatial axes, 1 to 3.</param>
/// <param name="Kernel">Size of the windows.</param>
/// <param name="Stride">Step between windows.</param>
/// <param name="Padding">How much padding.</param>
/// <param name="Dilation">Step between taps.</param>
/// <param name="Mode">What the padding holds.</param>
/// <param name="Ceil">Keep a last, partial window.</param>
public sealed record SlidingPoolAttributes(
    int Rank,
    PerAxis Kernel,
    PerAxis Stride,
    Padding Padding,
    PerAxis Dilation,
    PaddingMode Mode = PaddingMode.Zeros,
    bool Ceil = false
) : PoolAttributes
{
    /// <summary>Averages: whether zero padding counts.</summary>
    public bool CountsPadding { get; init; } = true;

    /// <summary>Averages: what sums are divided by; null for the number of values counted.</summary>
    public int? Divisor { get; init; }

    /// <summary>Norms: p, 1 or more; 0 for other pools.</summary>
    public double Norm { get; init; }

    /// <summary>The windows.</summary>
    internal SlidingWindow Window => new(Kernel, Stride, Padding, Dilation, Mode, Ceil);
}

/// <summary>As many windows as are asked for, of about one size.</summary>
/// <param name="Rank">Spatial axes, 1 to 3.</param>
/// <param name="Size">Windows along each axis.</param>
public sealed record AdaptivePoolAttributes(int Rank, PerAxis Size) : PoolAttributes;

/// <summary>One window over all positions.</summary>
/// <param name="Flatten">Leave the spatial axes out.</param>
public sealed record GlobalPoolAttributes(bool Flatten) : PoolAttributes;
