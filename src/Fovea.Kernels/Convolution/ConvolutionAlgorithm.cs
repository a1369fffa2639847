namespace Fovea.Kernels;

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionAlgorithm
{
    /// <summary>The definition, seven loops with sums in double:
    /// <c>docs/kernels/reference-convolution.md</c>.</summary>
    Reference,

    /// <summary>Shifted planes of the padded image times packed filters:
    /// <c>docs/kernels/direct-convolution.md</c>.</summary>
    Planes,

    /// <summary>Tiles of pixels by output channels on blocked maps, summed over all taps:
    /// <c>docs/kernels/blocked-convolution.md</c>.</summary>
    Direct,

    /// <summary>One filter a channel, on blocked maps: <c>docs/kernels/depthwise.md</c>.</summary>
    Depthwise,

    /// <summary>Winograd's F(2x2, 3x3) on blocked maps: <c>docs/kernels/winograd.md</c>.</summary>
    Winograd2,

    /// <summary>Winograd's F(4x4, 3x3) on blocked maps.</summary>
    Winograd4,
}

/// <summary>Which of the three products of a convolution is computed.</summary>
internal enum ConvolutionPass
{
    /// <summary>y from x and the weight.</summary>
    Forward,

    /// <summary>The gradient of x from that of y and the weight.</summary>
    BackwardData,

    /// <summary>The gradient of the weight from x and the gradient of y.</summary>
    BackwardWeights,
}

/// <summary>How what a convolution reads and writes lies in memory.</summary>
internal enum MapLayout
{
    /// <summary>[N, C, D, H, W] as tensors have it.</summary>
    Tensor,

    /// <summary>Planes with a halo, one channel behind the other: images of few channels before the first
    /// convolution.</summary>
    Planes,

    /// <summary>Blocks of 16 channels with a halo.</summary>
    Blocked,
}
