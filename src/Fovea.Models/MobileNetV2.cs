namespace Fovea.Models;

/// <summary>MobileNetV2: a strided 3x3 stem, 17 inverted residuals with linear bottlenecks, a pointwise convolution to
/// 1280 channels, global average, linear.</summary>
/// <remarks>
/// 3,504,872 parameters and 300,774,272 multiply-adds for 3x224x224 and 1000 classes. Names as in torchvision. Filters
/// start from He's rule by fan out,
/// the classifier normal with deviation 0.01. Sandler et al. 2018, https://arxiv.org/abs/1801.04381, table 2.
/// </remarks>
public sealed class MobileNetV2 : Module
{
    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] Stages =
    [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    private readonly Sequential _features;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Sequential _classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="width">Factor of all channel counts, which are rounded to multiples of 8; the last 1280 only grow
    /// with it.</param>
    /// <param name="dropout">Probability that a feature is zeroed before the classifier, 0 to 1.</param>
    /// <param name="smallStem">Whether stem and first strided stage keep the resolution, for inputs of 28 to 64 pixels:
    /// they are reduced by 8 in all, not by 32.</param>
    /// <param name="dims">Spatial axes, 1 to 3.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public MobileNetV2(
        int channels,
        int classes,
        double width = 1.0,
        double dropout = 0.2,
        bool smallStem = false,
        int dims = 2
    )
    {
        MobileLayers layers = new(dims);
        int last = MobileLayers.Divisible(32 * width),
            features = MobileLayers.Divisible(1280 * Math.Max(1.0, width));
        bool keep = smallStem;
        _features = new Sequential(layers.ConvNorm(channels, last, 3, smallStem ? 1 : 2, activation: new ReLU6()));
        foreach ((int expansion, int count, int blocks, int stride) in Stages)
        {
            int next = MobileLayers.Divisible(count * width),
                step = keep ? 1 : stride;
            keep &= stride == 1;
            for (int i = 0; i < blocks; i++)
            {
                _features.Add(new InvertedResidual(layers, last, next, i == 0 ? step : 1, expansion));
                last = next;
            }
        }

        _features.Add(layers.ConvNorm(last, features, 1, activation: new ReLU6()));
        _classifier = new Sequential(new Dropout(dropout), MobileLayers.Linear(features, classes, new Normal(0, 0.01)));
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "mobilenet_v2",
                "MobileNetV2 (Sandler et al. 2018), inverted residuals, 3.5 M parameters",
                [3, 224, 224],
                1000,
                ["width", "dropout", "stem", "dims"],
                r => new MobileNetV2(r.Channels, r.Classes, r.Width, r.Dropout(0.2), r.SmallStem, r.Dims),
                UsualTraining
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W], or with one or three spatial axes.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_features.Forward(x)));

    // torchvision: batch 256, rate 0.045 x 0.98 an epoch, 300 epochs; here a tenth of the epochs and a quarter of the
    // batch and rate.
    internal static Recipe UsualTraining(int trainItems) =>
        new(30, 64, 0.01125, "sgd,momentum=0.9,decay=4e-5", "exponential=0.817");

    /// <summary>Expand by 1x1, filter each channel by 3x3, project by 1x1 without activation; added to the input where
    /// the shapes agree.</summary>
    private sealed class InvertedResidual : Module
    {
        private readonly Sequential _conv = [];
        private readonly bool _residual;

        public InvertedResidual(MobileLayers layers, int inChannels, int outChannels, int stride, int expansion)
        {
            int hidden = inChannels * expansion;
            _residual = stride == 1 && inChannels == outChannels;
            if (expansion > 1)
            {
                _conv.Add(layers.ConvNorm(inChannels, hidden, 1, activation: new ReLU6()));
            }

            _conv.Add(layers.ConvNorm(hidden, hidden, 3, stride, hidden, new ReLU6()));
            _conv.Add(layers.Conv(hidden, outChannels, 1));
            _conv.Add(layers.Norm(outChannels));
        }

        public override Tensor Forward(Tensor x) => _residual ? x + _conv.Forward(x) : _conv.Forward(x);
    }
}
