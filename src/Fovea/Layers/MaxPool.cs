namespace Fovea;

/// <summary>Max pooling: the largest value of each window. Use MaxPool1d, MaxPool2d or MaxPool3d.</summary>
/// <remarks>
/// <para>Shapes: x [N, C, spatial...] or [C, spatial...] -> y with the same axes; each spatial size becomes
/// floor((in + padding - dilation * (kernel - 1) - 1) / stride) + 1, padding being the sum of both ends.
/// In ceil mode the division rounds up, so that a last, partial window counts, if it begins inside the input or the
/// front padding.</para>
/// <para>Zero padding never wins: the maximum is over the input values in the window. Of equal values the first gets
/// the gradient. A NaN wins over every number.
/// A window wholly in padding is refused.</para>
/// </remarks>
public abstract class MaxPoolLayer : PoolLayer
{
    private protected MaxPoolLayer(
        int rank,
        PerAxis kernelSize,
        PerAxis? stride,
        Padding padding,
        PaddingMode paddingMode,
        PerAxis? dilation,
        bool ceilMode
    )
    {
        string name = $"MaxPool{rank}d";
        SlidingWindow window = new SlidingWindow(
            kernelSize,
            stride ?? kernelSize,
            padding,
            dilation ?? 1,
            paddingMode,
            ceilMode
        );
        Operator = new MaxPool(name, new SlidingPoolWindows(name, rank, window, countZeros: false, needInput: true))
        {
            Owner = this,
        };
    }
}

/// <summary>Max pooling: the largest value of each window. Over one spatial axis: [N, C, L] -> [N, C, Lo], or without
/// N.</summary>
/// <inheritdoc cref="MaxPoolLayer" path="/remarks"/>
public sealed class MaxPool1d : MaxPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes.</exception>
    public MaxPool1d(
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    )
        : base(1, kernelSize, stride, padding, paddingMode, dilation, ceilMode) { }
}

/// <summary>Max pooling: the largest value of each window. Over two spatial axes: [N, C, H, W] -> [N, C, Ho, Wo], or
/// without N.</summary>
/// <inheritdoc cref="MaxPoolLayer" path="/remarks"/>
public sealed class MaxPool2d : MaxPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes.</exception>
    public MaxPool2d(
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    )
        : base(2, kernelSize, stride, padding, paddingMode, dilation, ceilMode) { }
}

/// <summary>Max pooling: the largest value of each window. Over three spatial axes: [N, C, D, H, W] -> [N, C, Do, Ho,
/// Wo], or without N.</summary>
/// <inheritdoc cref="MaxPoolLayer" path="/remarks"/>
public sealed class MaxPool3d : MaxPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes.</exception>
    public MaxPool3d(
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    )
        : base(3, kernelSize, stride, padding, paddingMode, dilation, ceilMode) { }
}
