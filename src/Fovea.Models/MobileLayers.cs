namespace Fovea.Models;

/// <summary>What the mobile networks and EfficientNet are made of. Filters start from He's rule by fan out, as in
/// torchvision.</summary>
/// <param name="Dims">Spatial axes, 1 to 3.</param>
/// <param name="Epsilon">Added to the variance by all normalizations.</param>
/// <param name="Momentum">Weight of the newest batch in their running statistics.</param>
internal sealed record MobileLayers(int Dims, double Epsilon = 1e-5, double Momentum = 0.1)
{
    private static readonly KaimingNormal FanOut = new(FanMode.FanOut);

    private readonly SpatialLayers _layers = new(Dims);

    /// <summary>The nearest multiple of 8, at least 8, and not below 0.9 of the count: the rounding of channels of
    /// MobileNetV2 and its successors.</summary>
    public static int Divisible(double channels)
    {
        int rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    /// <summary>A classifier's last layer: weights by a rule, bias 0.</summary>
    public static Linear Linear(int features, int outputs, Initializer weights)
    {
        Linear layer = new(features, outputs);
        layer.Weight.Initializer = weights;
        layer.Bias!.Initializer = new Constant(0);
        return layer;
    }

    /// <summary>A convolution without bias; padded by half the kernel unless told otherwise.</summary>
    public ConvolutionLayer Conv(
        int inChannels,
        int outChannels,
        int kernel,
        int stride = 1,
        int groups = 1,
        Padding? padding = null
    ) => _layers.Conv(inChannels, outChannels, kernel, stride, padding ?? kernel / 2, groups: groups, weights: FanOut);

    /// <summary>Batch normalization.</summary>
    public BatchNorm Norm(int channels) => _layers.BatchNorm(channels, Epsilon, Momentum);

    /// <summary>Convolution, normalization, and an activation where one is given: 0, 1, 2.</summary>
    public Sequential ConvNorm(
        int inChannels,
        int outChannels,
        int kernel,
        int stride = 1,
        int groups = 1,
        Module? activation = null
    )
    {
        Sequential unit = new(Conv(inChannels, outChannels, kernel, stride, groups), Norm(outChannels));
        if (activation is not null)
        {
            unit.Add(activation);
        }

        return unit;
    }

    /// <summary>Squeeze and excitation.</summary>
    public SqueezeExcitation SqueezeExcitation(int channels, int squeezed, Module activation, Module gate) =>
        new(
            _layers.Conv(channels, squeezed, 1, bias: true, weights: FanOut),
            _layers.Conv(squeezed, channels, 1, bias: true, weights: FanOut),
            activation,
            gate
        );
}

/// <summary>Squeeze and excitation made of 1x1 convolutions <c>fc1</c> and <c>fc2</c>, as torchvision's weights have
/// it: x * gate(fc2(activation(fc1(mean of x)))). The same function as <see cref="SqueezeExcite"/>.</summary>
internal sealed class SqueezeExcitation(Module fc1, Module fc2, Module activation, Module gate) : Module
{
    private readonly GlobalAvgPool _avgpool = new();
    private readonly Module _fc1 = fc1;
    private readonly Module _fc2 = fc2;
    private readonly Module _activation = activation;
    private readonly Module _scaleActivation = gate;

    public override Tensor Forward(Tensor x) =>
        x * _scaleActivation.Forward(_fc2.Forward(_activation.Forward(_fc1.Forward(_avgpool.Forward(x)))));
}
