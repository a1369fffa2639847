namespace Fovea;

/// <summary>Average pooling: the mean of each window. Use AvgPool1d, AvgPool2d or AvgPool3d.</summary>
/// <remarks>
/// <para>Shapes: x [N, C, spatial...] or [C, spatial...] -> y with the same axes; each spatial size becomes
/// floor((in + padding - dilation * (kernel - 1) - 1) / stride) + 1, padding being the sum of both ends.
/// In ceil mode the division rounds up, so that a last, partial window counts, if it begins inside the input or the
/// front padding.</para>
/// <para>A partial window of ceil mode is divided by the number of its positions inside the padded input. Padding that
/// repeats the input (reflect, replicate, circular) always counts;
/// <c>countIncludePad</c> is about zeros. A window wholly in uncounted padding gives 0. All as in PyTorch, which knows
/// zero padding only.</para>
/// </remarks>
public abstract class AvgPoolLayer : PoolLayer
{
    private protected AvgPoolLayer(
        int rank,
        PerAxis kernelSize,
        PerAxis? stride,
        Padding padding,
        PaddingMode paddingMode,
        PerAxis? dilation,
        bool ceilMode,
        bool countIncludePad,
        int? divisorOverride
    )
    {
        string name = $"AvgPool{rank}d";
        if (divisorOverride == 0)
        {
            throw new ArgumentException(
                $"{name}: the divisor must not be 0, got 0. Leave divisorOverride out to divide by the window's size.",
                nameof(divisorOverride)
            );
        }

        SlidingWindow window = new SlidingWindow(
            kernelSize,
            stride ?? kernelSize,
            padding,
            dilation ?? 1,
            paddingMode,
            ceilMode
        );
        Operator = new AvgPool(
            name,
            new SlidingPoolWindows(name, rank, window, countIncludePad, needInput: false),
            divisorOverride ?? 0
        )
        {
            Owner = this,
        };
    }
}

/// <summary>Average pooling: the mean of each window. Over one spatial axis: [N, C, L] -> [N, C, Lo], or without
/// N.</summary>
/// <inheritdoc cref="AvgPoolLayer" path="/remarks"/>
public sealed class AvgPool1d : AvgPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <param name="countIncludePad">Whether zero padding counts in the divisor.</param>
    /// <param name="divisorOverride">What every sum is divided by instead, not 0.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes, or the divisor
    /// is 0.</exception>
    public AvgPool1d(
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false,
        bool countIncludePad = true,
        int? divisorOverride = null
    )
        : base(1, kernelSize, stride, padding, paddingMode, dilation, ceilMode, countIncludePad, divisorOverride) { }
}

/// <summary>Average pooling: the mean of each window. Over two spatial axes: [N, C, H, W] -> [N, C, Ho, Wo], or without
/// N.</summary>
/// <inheritdoc cref="AvgPoolLayer" path="/remarks"/>
public sealed class AvgPool2d : AvgPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <param name="countIncludePad">Whether zero padding counts in the divisor.</param>
    /// <param name="divisorOverride">What every sum is divided by instead, not 0.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes, or the divisor
    /// is 0.</exception>
    public AvgPool2d(
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false,
        bool countIncludePad = true,
        int? divisorOverride = null
    )
        : base(2, kernelSize, stride, padding, paddingMode, dilation, ceilMode, countIncludePad, divisorOverride) { }
}

/// <summary>Average pooling: the mean of each window. Over three spatial axes: [N, C, D, H, W] -> [N, C, Do, Ho, Wo],
/// or without N.</summary>
/// <inheritdoc cref="AvgPoolLayer" path="/remarks"/>
public sealed class AvgPool3d : AvgPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <param name="countIncludePad">Whether zero padding counts in the divisor.</param>
    /// <param name="divisorOverride">What every sum is divided by instead, not 0.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes, or the divisor
    /// is 0.</exception>
    public AvgPool3d(
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false,
        bool countIncludePad = true,
        int? divisorOverride = null
    )
        : base(3, kernelSize, stride, padding, paddingMode, dilation, ceilMode, countIncludePad, divisorOverride) { }
}
