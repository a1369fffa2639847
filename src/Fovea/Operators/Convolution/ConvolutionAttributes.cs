using Fovea.Kernels;

namespace Fovea;

/// <summary>The arguments of a <see cref="Convolution"/>. Channels and kernel are those of its weight.</summary>
/// <param name="Rank">Spatial axes, 1 to 3.</param>
/// <param name="Stride">Step between windows, 1 or more.</param>
/// <param name="Padding">How much padding.</param>
/// <param name="Dilation">Step between taps, 1 or more.</param>
/// <param name="Groups">Channel groups, 1 or more; divides both channel counts.</param>
/// <param name="Mode">What the padding holds.</param>
public sealed record ConvolutionAttributes(
    int Rank,
    PerAxis Stride,
    Padding Padding,
    PerAxis Dilation,
    int Groups = 1,
    PaddingMode Mode = PaddingMode.Zeros
) : OperatorAttributes;

/// <summary>The arguments of a <see cref="TransposedConvolution"/>. Channels and kernel are those of its weight.</summary>
/// <param name="Rank">Spatial axes, 1 to 3.</param>
/// <param name="Stride">Factor of enlargement, 1 or more.</param>
/// <param name="Padding">What is cut off at the borders.</param>
/// <param name="OutputPadding">Added to the output size at the end, less than stride or dilation.</param>
/// <param name="Dilation">Step between taps, 1 or more.</param>
/// <param name="Groups">Channel groups, 1 or more; divides both channel counts.</param>
public sealed record TransposedConvolutionAttributes(
    int Rank,
    PerAxis Stride,
    Padding Padding,
    PerAxis OutputPadding,
    PerAxis Dilation,
    int Groups = 1
) : OperatorAttributes;
