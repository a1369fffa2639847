namespace Fovea.Models;

/// <summary>Layers for one number of spatial axes: lets a family be written once for series, images and
/// volumes.</summary>
/// <param name="Dims">Spatial axes, 1 to 3.</param>
internal sealed record SpatialLayers(int Dims)
{
    /// <summary>Spatial axes.</summary>
    public int Dims { get; } =
        Dims is >= 1 and <= 3
            ? Dims
            : throw new ArgumentException($"dims must be 1, 2 or 3, got {Dims}.", nameof(Dims));

    /// <summary>A convolution. Its weights start from the layer default unless <paramref name="weights"/> names a rule;
    /// a bias starts at 0 then.</summary>
    public ConvolutionLayer Conv(
        int inChannels,
        int outChannels,
        PerAxis kernel,
        PerAxis? stride = null,
        Padding padding = default,
        PerAxis? dilation = null,
        int groups = 1,
        bool bias = false,
        Initializer? weights = null
    )
    {
        ConvolutionLayer layer = Dims switch
        {
            1 => new Conv1d(inChannels, outChannels, kernel, stride, padding, dilation, groups, bias),
            2 => new Conv2d(inChannels, outChannels, kernel, stride, padding, dilation, groups, bias),
            _ => new Conv3d(inChannels, outChannels, kernel, stride, padding, dilation, groups, bias),
        };
        if (weights is not null)
        {
            layer.Weight.Initializer = weights;
            if (layer.Bias is not null)
            {
                layer.Bias.Initializer = new Constant(0);
            }
        }

        return layer;
    }

    /// <summary>Batch normalization.</summary>
    public BatchNorm BatchNorm(int channels, double epsilon = 1e-5, double momentum = 0.1) =>
        Dims switch
        {
            1 => new BatchNorm1d(channels, epsilon, momentum),
            2 => new BatchNorm2d(channels, epsilon, momentum),
            _ => new BatchNorm3d(channels, epsilon, momentum),
        };

    /// <summary>Batch normalization and the ReLU behind it, in one layer.</summary>
    public BatchNormRelu BatchNormRelu(int channels) =>
        Dims switch
        {
            1 => new BatchNormRelu1d(channels),
            2 => new BatchNormRelu2d(channels),
            _ => new BatchNormRelu3d(channels),
        };

    /// <summary>The largest value of each window.</summary>
    public Module MaxPool(PerAxis kernel, PerAxis? stride = null, Padding padding = default, bool ceilMode = false) =>
        Dims switch
        {
            1 => new MaxPool1d(kernel, stride, padding, ceilMode: ceilMode),
            2 => new MaxPool2d(kernel, stride, padding, ceilMode: ceilMode),
            _ => new MaxPool3d(kernel, stride, padding, ceilMode: ceilMode),
        };

    /// <summary>The mean of each window.</summary>
    public Module AvgPool(PerAxis kernel, PerAxis? stride = null, Padding padding = default) =>
        Dims switch
        {
            1 => new AvgPool1d(kernel, stride, padding),
            2 => new AvgPool2d(kernel, stride, padding),
            _ => new AvgPool3d(kernel, stride, padding),
        };

    /// <summary>Means over windows laid so that the output has a given size.</summary>
    public Module AdaptiveAvgPool(int size) =>
        Dims switch
        {
            1 => new AdaptiveAvgPool1d(size),
            2 => new AdaptiveAvgPool2d(size),
            _ => new AdaptiveAvgPool3d(size),
        };

    /// <summary>A size to the power of the number of axes: the positions of a map of that side.</summary>
    public int Positions(int side) => (int)Math.Pow(side, Dims);
}
