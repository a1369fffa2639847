namespace Fovea.Models;

/// <summary>What a unit of <see cref="MobileNetV1"/> consists of.</summary>
public enum MobileNetV1Variant
{
    /// <summary>A depthwise and a pointwise convolution, each with batch normalization and ReLU; padding 1.</summary>
    Separable,

    /// <summary>The same in the layout of TF-Slim: TensorFlow's SAME padding, ReLU6, epsilon 1e-3, channels
    /// max(int(width * count), 8).</summary>
    Slim,

    /// <summary>One ordinary 3x3 convolution with batch normalization and ReLU: what the paper compares with.</summary>
    Dense,
}

/// <summary>MobileNet: a strided 3x3 stem, 13 depthwise-separable units of 64 to 1024 channels, global average,
/// linear.</summary>
/// <remarks>
/// 4,231,976 parameters and 568,740,352 multiply-adds for 3x224x224 and 1000 classes; with dense units 29,294,088 and
/// 4,867,293,184.
/// Filters start from He's rule by fan out, the classifier normal with deviation 0.01. Howard et al. 2017,
/// https://arxiv.org/abs/1704.04861, table 1.
/// TF-Slim: https://github.com/tensorflow/models/blob/master/research/slim/nets/mobilenet_v1.py.
/// </remarks>
public sealed class MobileNetV1 : Module
{
    private static readonly (int Channels, int Stride)[] Units =
    [
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (1024, 2),
        (1024, 1),
    ];

    private readonly Sequential _features;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Sequential _classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="variant">What a unit consists of.</param>
    /// <param name="width">Factor of all channel counts, which are rounded to multiples of 8.</param>
    /// <param name="dropout">Probability that a feature is zeroed before the classifier, 0 to 1.</param>
    /// <param name="smallStem">Whether stem and first strided unit keep the resolution, for inputs of 28 to 64 pixels:
    /// they are reduced by 8 in all, not by 32.</param>
    /// <param name="dims">Spatial axes, 1 to 3.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public MobileNetV1(
        int channels,
        int classes,
        MobileNetV1Variant variant = MobileNetV1Variant.Separable,
        double width = 1.0,
        double dropout = 0.001,
        bool smallStem = false,
        int dims = 2
    )
    {
        bool slim = variant == MobileNetV1Variant.Slim;
        MobileLayers layers = new(dims, slim ? 1e-3 : 1e-5);
        int Scaled(int count) => slim ? Math.Max((int)(count * width), 8) : MobileLayers.Divisible(count * width);
        int last = Scaled(32);
        bool keep = smallStem;
        _features = new Sequential(new Sequential(Convolution(layers, channels, last, smallStem ? 1 : 2, 1, slim)));
        foreach ((int count, int stride) in Units)
        {
            int step = keep ? 1 : stride,
                next = Scaled(count);
            keep &= stride == 1;
            _features.Add(
                variant == MobileNetV1Variant.Dense
                    ? new Sequential(Convolution(layers, last, next, step, 1, slim))
                    : new Sequential([
                        .. Convolution(layers, last, last, step, last, slim),
                        layers.Conv(last, next, 1),
                        layers.Norm(next),
                        Activation(slim),
                    ])
            );
            last = next;
        }

        _classifier = new Sequential(new Dropout(dropout), MobileLayers.Linear(last, classes, new Normal(0, 0.01)));
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "mobilenet_v1",
                "MobileNet (Howard et al. 2017), depthwise-separable convolutions, 4.2 M parameters; variant=separable|slim|dense",
                [3, 224, 224],
                1000,
                ["width", "dropout", "stem", "dims", "variant"],
                r => new MobileNetV1(
                    r.Channels,
                    r.Classes,
                    VariantOf(r.Arguments),
                    r.Width,
                    r.Dropout(0.001),
                    r.SmallStem,
                    r.Dims
                ),
                // As of MobileNetV2: the RMSProp of TF-Slim needs far more updates than data sets of some thousand
                // items give.
                MobileNetV2.UsualTraining
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W], or with one or three spatial axes.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_features.Forward(x)));

    private static MobileNetV1Variant VariantOf(ModelArguments arguments) =>
        arguments.Choice("variant", "separable", "slim", "dense") switch
        {
            "slim" => MobileNetV1Variant.Slim,
            "dense" => MobileNetV1Variant.Dense,
            _ => MobileNetV1Variant.Separable,
        };

    private static Module[] Convolution(
        MobileLayers layers,
        int inChannels,
        int outChannels,
        int stride,
        int groups,
        bool slim
    ) =>
        [
            layers.Conv(inChannels, outChannels, 3, stride, groups, slim ? Padding.SameTensorFlow : null),
            layers.Norm(outChannels),
            Activation(slim),
        ];

    private static Module Activation(bool slim) => slim ? new ReLU6() : new ReLU();
}
