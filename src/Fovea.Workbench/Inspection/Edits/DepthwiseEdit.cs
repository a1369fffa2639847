namespace Fovea.Workbench;

/// <summary>Every dense convolution of more than one tap becomes a depthwise and a pointwise one.</summary>
/// <remarks>
/// A k x k convolution from m to n channels has k²mn weights, the pair k²m + mn: 1/n + 1/k² of them. Howard et al.
/// 2017, MobileNets, https://arxiv.org/abs/1704.04861, section 3.1.
/// </remarks>
public sealed class DepthwiseEdit : GraphEdit
{
    /// <inheritdoc/>
    public override string Name => "depthwise";

    /// <inheritdoc/>
    public override string Rule =>
        "every convolution with groups 1 and more than one tap becomes a depthwise convolution of its kernel, stride, padding and dilation and a pointwise one; copies of the batch "
        + "normalization and of the activation without parameters that follow it stand between the two; convolutions that read the network's input are kept";

    internal override bool Concerns(ConvolutionUse use) => use.Filters is { Taps: > 1, IsDepthwise: false };

    internal override string? Refusal(ConvolutionUse use) =>
        use.Windows is null ? "transposed"
        : use.Filters.Groups > 1 ? $"has {use.Filters.Groups} groups"
        : use.ReadsInput ? "reads the network's input"
        : null;

    internal override Module Replacement(ConvolutionUse use)
    {
        WindowAxisMap[] windows = use.Windows!;
        int channels = use.Filters.InChannels;
        PerAxis kernel = [.. use.Filters.Kernel],
            stride = [.. windows.Select(w => w.Stride)],
            dilation = [.. windows.Select(w => w.Dilation)];
        Padding padding = Padding.Explicit([.. windows.Select(w => w.Before)], [.. windows.Select(w => w.After)]);
        return new Separable(
            use.Convolution(channels, channels, kernel, stride, padding, dilation, channels),
            use.NormFor(channels),
            use.ActivationAgain(),
            use.Convolution(channels, use.Filters.OutChannels, 1, 1, 0, 1, 1)
        );
    }

    private sealed class Separable(
        ConvolutionLayer depthwise,
        BatchNorm? norm,
        Module? activation,
        ConvolutionLayer pointwise
    ) : Module
    {
        private readonly ConvolutionLayer _depthwise = depthwise;
        private readonly BatchNorm? _norm = norm;
        private readonly Module? _activation = activation;
        private readonly ConvolutionLayer _pointwise = pointwise;

        public override Tensor Forward(Tensor x)
        {
            x = _depthwise.Forward(x);
            x = _norm?.Forward(x) ?? x;
            return _pointwise.Forward(_activation?.Forward(x) ?? x);
        }
    }
}
