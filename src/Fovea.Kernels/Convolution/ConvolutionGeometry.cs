using System.Globalization;

namespace Fovea.Kernels;

/// <summary>Everything that describes a convolution's sizes: validated once by the operator, carried to the
/// kernel.</summary>
/// <param name="Batch">Images.</param>
/// <param name="InChannels">Channels of x.</param>
/// <param name="OutChannels">Channels of y.</param>
/// <param name="Groups">Channel groups; divides both channel counts.</param>
/// <param name="Depth">First spatial axis; <see cref="WindowAxis.None"/> below three dimensions.</param>
/// <param name="Height">Second spatial axis; <see cref="WindowAxis.None"/> in one dimension.</param>
/// <param name="Width">Last spatial axis.</param>
/// <param name="Mode">What the padding holds.</param>
/// <remarks>
/// Layouts: x [Batch, InChannels, D, H, W], weight [OutChannels, InChannels / Groups, KD, KH, KW], y [Batch,
/// OutChannels, Do, Ho, Wo], all contiguous.
/// One- and two-dimensional convolutions are three-dimensional ones with axes of size 1.
/// </remarks>
internal readonly record struct ConvolutionGeometry(
    int Batch,
    int InChannels,
    int OutChannels,
    int Groups,
    WindowAxis Depth,
    WindowAxis Height,
    WindowAxis Width,
    PaddingMode Mode
)
{
    /// <summary>Input channels of one group.</summary>
    public int InPerGroup => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int OutPerGroup => OutChannels / Groups;

    /// <summary>Taps of one filter plane.</summary>
    public int Taps => Depth.Kernel * Height.Kernel * Width.Kernel;

    /// <summary>Values in one channel of x.</summary>
    public int InPlane => Depth.In * Height.In * Width.In;

    /// <summary>Values in one channel of y.</summary>
    public int OutPlane => Depth.Out * Height.Out * Width.Out;

    /// <summary>Values of x.</summary>
    public long InputCount => (long)Batch * InChannels * InPlane;

    /// <summary>Values of y.</summary>
    public long OutputCount => (long)Batch * OutChannels * OutPlane;

    /// <summary>Values of the weight.</summary>
    public long WeightCount => (long)OutChannels * InPerGroup * Taps;

    /// <summary>Multiply-adds of the forward pass, padding included.</summary>
    public long MultiplyAdds => OutputCount * InPerGroup * Taps;

    /// <summary>One line, e.g. <c>64x28x28 * 3x3 -> 128x14x14, stride 2, pad 1, batch 32</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{InChannels}x{Sizes(a => a.In)} * {Sizes(a => a.Kernel)} -> {OutChannels}x{Sizes(a => a.Out)}, stride {Sizes(a => a.Stride)}, pad {Sizes(a => a.PadBefore)}+{Sizes(a => a.PadAfter)} {Mode}, dilation {Sizes(a => a.Dilation)}, groups {Groups}, batch {Batch}"
        );

    private string Sizes(Func<WindowAxis, int> size) =>
        Depth == WindowAxis.None ? $"{size(Height)}x{size(Width)}" : $"{size(Depth)}x{size(Height)}x{size(Width)}";
}
