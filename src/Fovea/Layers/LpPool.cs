using System.Globalization;

namespace Fovea;

/// <summary>Norm pooling: (sum of |x|^p)^(1/p) over each window. Use LpPool1d, LpPool2d or LpPool3d.</summary>
/// <remarks>
/// <para>Shapes: x [N, C, spatial...] or [C, spatial...] -> y with the same axes; each spatial size becomes
/// floor((in + padding - dilation * (kernel - 1) - 1) / stride) + 1, padding being the sum of both ends.
/// In ceil mode the division rounds up, so that a last, partial window counts, if it begins inside the input or the
/// front padding.</para>
/// <para>As in ONNX: absolute values, and a partial window of ceil mode is the norm of what it covers. PyTorch takes
/// x^p with its sign, and scales partial windows up; for even p and whole windows all agree.
/// Where a window's norm is 0 its gradient is 0. Gulcehre et al. 2014, https://arxiv.org/abs/1311.1780.</para>
/// </remarks>
public abstract class LpPoolLayer : PoolLayer
{
    private protected LpPoolLayer(
        int rank,
        double norm,
        PerAxis kernelSize,
        PerAxis? stride,
        Padding padding,
        PaddingMode paddingMode,
        PerAxis? dilation,
        bool ceilMode
    )
    {
        string name = $"LpPool{rank}d";
        if (!(norm >= 1.0) || double.IsInfinity(norm))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: the norm must be 1 or more and finite, got {norm}. For the largest value use MaxPool{rank}d."
                ),
                nameof(norm)
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
        Operator = new LpPool(
            name,
            new SlidingPoolWindows(name, rank, window, countZeros: false, needInput: false),
            norm
        )
        {
            Owner = this,
        };
    }
}

/// <summary>Norm pooling: (sum of |x|^p)^(1/p) over each window. Over one spatial axis: [N, C, L] -> [N, C, Lo], or
/// without N.</summary>
/// <inheritdoc cref="LpPoolLayer" path="/remarks"/>
public sealed class LpPool1d : LpPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="norm">p, 1 or more, finite: 1 sums absolute values, 2 is the Euclidean length.</param>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes, or the norm is
    /// below 1, infinite or NaN.</exception>
    public LpPool1d(
        double norm,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    )
        : base(1, norm, kernelSize, stride, padding, paddingMode, dilation, ceilMode) { }
}

/// <summary>Norm pooling: (sum of |x|^p)^(1/p) over each window. Over two spatial axes: [N, C, H, W] -> [N, C, Ho, Wo],
/// or without N.</summary>
/// <inheritdoc cref="LpPoolLayer" path="/remarks"/>
public sealed class LpPool2d : LpPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="norm">p, 1 or more, finite: 1 sums absolute values, 2 is the Euclidean length.</param>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes, or the norm is
    /// below 1, infinite or NaN.</exception>
    public LpPool2d(
        double norm,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    )
        : base(2, norm, kernelSize, stride, padding, paddingMode, dilation, ceilMode) { }
}

/// <summary>Norm pooling: (sum of |x|^p)^(1/p) over each window. Over three spatial axes: [N, C, D, H, W] -> [N, C, Do,
/// Ho, Wo], or without N.</summary>
/// <inheritdoc cref="LpPoolLayer" path="/remarks"/>
public sealed class LpPool3d : LpPoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="norm">p, 1 or more, finite: 1 sums absolute values, 2 is the Euclidean length.</param>
    /// <param name="kernelSize">Window size per axis, 1 or more.</param>
    /// <param name="stride">Step between windows per axis, 1 or more; without it the kernel size.</param>
    /// <param name="padding">How much padding; numbers at most half the kernel where the padding holds zeros.</param>
    /// <param name="paddingMode">What the padding holds.</param>
    /// <param name="dilation">Step between the taps of a window per axis, 1 or more; without it 1.</param>
    /// <param name="ceilMode">Whether a last, partial window counts.</param>
    /// <exception cref="ArgumentException">A number is out of range or does not fit the number of axes, or the norm is
    /// below 1, infinite or NaN.</exception>
    public LpPool3d(
        double norm,
        PerAxis kernelSize,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode paddingMode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    )
        : base(3, norm, kernelSize, stride, padding, paddingMode, dilation, ceilMode) { }
}
