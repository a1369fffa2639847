namespace Fovea.Models;

/// <summary>The two sizes of <see cref="MobileNetV3"/>.</summary>
public enum MobileNetV3Size
{
    /// <summary>11 blocks, 2,542,856 parameters.</summary>
    Small,

    /// <summary>15 blocks, 5,483,032 parameters.</summary>
    Large,
}

/// <summary>MobileNetV3: inverted residuals with squeeze and excitation and hard-swish, found by search, and a short
/// expensive end.</summary>
/// <remarks>
/// Small: 2,542,856 parameters and 56,510,400 multiply-adds for 3x224x224 and 1000 classes; large: 5,483,032 and
/// 216,589,760. Names as in torchvision.
/// Filters start from He's rule by fan out, the classifier normal with deviation 0.01. Howard et al. 2019,
/// https://arxiv.org/abs/1905.02244, tables 1 and 2.
/// </remarks>
public sealed class MobileNetV3 : Module
{
    private static readonly Row[] Small =
    [
        new(3, 16, 16, true, false, 2),
        new(3, 72, 24, false, false, 2),
        new(3, 88, 24, false, false, 1),
        new(5, 96, 40, true, true, 2),
        new(5, 240, 40, true, true, 1),
        new(5, 240, 40, true, true, 1),
        new(5, 120, 48, true, true, 1),
        new(5, 144, 48, true, true, 1),
        new(5, 288, 96, true, true, 2),
        new(5, 576, 96, true, true, 1),
        new(5, 576, 96, true, true, 1),
    ];

    private static readonly Row[] Large =
    [
        new(3, 16, 16, false, false, 1),
        new(3, 64, 24, false, false, 2),
        new(3, 72, 24, false, false, 1),
        new(5, 72, 40, true, false, 2),
        new(5, 120, 40, true, false, 1),
        new(5, 120, 40, true, false, 1),
        new(3, 240, 80, false, true, 2),
        new(3, 200, 80, false, true, 1),
        new(3, 184, 80, false, true, 1),
        new(3, 184, 80, false, true, 1),
        new(3, 480, 112, true, true, 1),
        new(3, 672, 112, true, true, 1),
        new(5, 672, 160, true, true, 2),
        new(5, 960, 160, true, true, 1),
        new(5, 960, 160, true, true, 1),
    ];

    private readonly Sequential _features;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Sequential _classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="size">Small or large.</param>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="width">Factor of all channel counts, which are rounded to multiples of 8.</param>
    /// <param name="dropout">Probability that a feature is zeroed before the last layer, 0 to 1.</param>
    /// <param name="smallStem">Whether stem and first strided block keep the resolution, for inputs of 28 to 64 pixels:
    /// they are reduced by 8 in all, not by 32.</param>
    /// <param name="dims">Spatial axes, 1 to 3.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public MobileNetV3(
        MobileNetV3Size size,
        int channels,
        int classes,
        double width = 1.0,
        double dropout = 0.2,
        bool smallStem = false,
        int dims = 2
    )
    {
        MobileLayers layers = new(dims, 1e-3, 0.01);
        int Scaled(int count) => MobileLayers.Divisible(count * width);
        int last = Scaled(16);
        bool keep = smallStem;
        _features = new Sequential(layers.ConvNorm(channels, last, 3, smallStem ? 1 : 2, activation: new Hardswish()));
        foreach (Row row in size == MobileNetV3Size.Small ? Small : Large)
        {
            Row scaled = row with
            {
                Expanded = Scaled(row.Expanded),
                Channels = Scaled(row.Channels),
                Stride = keep ? 1 : row.Stride,
            };
            keep &= row.Stride == 1;
            _features.Add(new InvertedResidual(layers, last, scaled));
            last = scaled.Channels;
        }

        int hidden = Scaled(size == MobileNetV3Size.Small ? 1024 : 1280);
        Normal weights = new(0, 0.01);
        _features.Add(layers.ConvNorm(last, 6 * last, 1, activation: new Hardswish()));
        _classifier = new Sequential(
            MobileLayers.Linear(6 * last, hidden, weights),
            new Hardswish(),
            new Dropout(dropout),
            MobileLayers.Linear(hidden, classes, weights)
        );
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            Entry(
                "mobilenet_v3_small",
                "MobileNetV3 small (Howard et al. 2019), squeeze and excitation, 2.5 M parameters",
                MobileNetV3Size.Small
            ),
            Entry(
                "mobilenet_v3_large",
                "MobileNetV3 large (Howard et al. 2019), squeeze and excitation, 5.5 M parameters",
                MobileNetV3Size.Large
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W], or with one or three spatial axes.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_features.Forward(x)));

    // torchvision: RMSprop, batch 1024, rate 0.064 x 0.973 every 2 epochs, 600 epochs; here a tenth of the epochs and a
    // 16th of the batch and rate.
    private static ModelEntry Entry(string name, string description, MobileNetV3Size size) =>
        new(
            name,
            description,
            [3, 224, 224],
            1000,
            ["width", "dropout", "stem", "dims"],
            r => new MobileNetV3(size, r.Channels, r.Classes, r.Width, r.Dropout(0.2), r.SmallStem, r.Dims),
            _ => new Recipe(60, 64, 0.004, "rmsprop,alpha=0.9,eps=0.0316,momentum=0.9,decay=1e-5", "exponential=0.872")
        );

    /// <summary>A block of the paper's tables.</summary>
    private readonly record struct Row(int Kernel, int Expanded, int Channels, bool Squeeze, bool Swish, int Stride);

    /// <summary>Expand, filter each channel, weigh the channels, project; added to the input where the shapes
    /// agree.</summary>
    private sealed class InvertedResidual : Module
    {
        private readonly Sequential _block = [];
        private readonly bool _residual;

        public InvertedResidual(MobileLayers layers, int inChannels, Row row)
        {
            _residual = row.Stride == 1 && inChannels == row.Channels;
            if (row.Expanded != inChannels)
            {
                _block.Add(layers.ConvNorm(inChannels, row.Expanded, 1, activation: Activation(row)));
            }

            _block.Add(
                layers.ConvNorm(row.Expanded, row.Expanded, row.Kernel, row.Stride, row.Expanded, Activation(row))
            );
            if (row.Squeeze)
            {
                _block.Add(
                    layers.SqueezeExcitation(
                        row.Expanded,
                        MobileLayers.Divisible(row.Expanded / 4),
                        new ReLU(),
                        new Hardsigmoid()
                    )
                );
            }

            _block.Add(layers.ConvNorm(row.Expanded, row.Channels, 1));
        }

        public override Tensor Forward(Tensor x) => _residual ? _block.Forward(x) + x : _block.Forward(x);

        private static Module Activation(Row row) => row.Swish ? new Hardswish() : new ReLU();
    }
}
