namespace Fovea.Models;

/// <summary>EfficientNet B0 to B7 and EfficientNetV2 S, M, L: inverted residuals with squeeze and excitation and SiLU,
/// scaled in width, depth and resolution together.</summary>
/// <remarks>
/// <para>B0: 5,288,548 parameters and 385,814,752 multiply-adds for 3x224x224 and 1000 classes; V2-S: 21,458,488 and
/// 8,365,617,152 for 3x384x384. Names as in torchvision.</para>
/// <para>Filters start from He's rule by fan out, the classifier uniform within 1 / sqrt(classes). In training, block i
/// of n is skipped for a sample with probability 0.2 i / n.
/// V2 begins with stages whose expansion and filter are one 3x3 convolution.
/// Tan, Le 2019, https://arxiv.org/abs/1905.11946; 2021, https://arxiv.org/abs/2104.00298.</para>
/// </remarks>
public sealed class EfficientNet : Module
{
    private const double DropPathProbability = 0.2;

    private static readonly Stage[] B =
    [
        new(1, 3, 1, 16, 1),
        new(6, 3, 2, 24, 2),
        new(6, 5, 2, 40, 2),
        new(6, 3, 2, 80, 3),
        new(6, 5, 1, 112, 3),
        new(6, 5, 2, 192, 4),
        new(6, 3, 1, 320, 1),
    ];

    private static readonly Stage[] V2Small =
    [
        new(1, 3, 1, 24, 2, Fused: true),
        new(4, 3, 2, 48, 4, Fused: true),
        new(4, 3, 2, 64, 4, Fused: true),
        new(4, 3, 2, 128, 6),
        new(6, 3, 1, 160, 9),
        new(6, 3, 2, 256, 15),
    ];

    private static readonly Stage[] V2Medium =
    [
        new(1, 3, 1, 24, 3, Fused: true),
        new(4, 3, 2, 48, 5, Fused: true),
        new(4, 3, 2, 80, 5, Fused: true),
        new(4, 3, 2, 160, 7),
        new(6, 3, 1, 176, 14),
        new(6, 3, 2, 304, 18),
        new(6, 3, 1, 512, 5),
    ];

    private static readonly Stage[] V2Large =
    [
        new(1, 3, 1, 32, 4, Fused: true),
        new(4, 3, 2, 64, 7, Fused: true),
        new(4, 3, 2, 96, 7, Fused: true),
        new(4, 3, 2, 192, 10),
        new(6, 3, 1, 224, 19),
        new(6, 3, 2, 384, 25),
        new(6, 3, 1, 640, 7),
    ];

    private static readonly Version[] Versions =
    [
        new("b0", B, 32, 1.0, 1.0, 224, 0.2),
        new("b1", B, 32, 1.0, 1.1, 240, 0.2),
        new("b2", B, 32, 1.1, 1.2, 288, 0.3),
        new("b3", B, 32, 1.2, 1.4, 300, 0.3),
        new("b4", B, 32, 1.4, 1.8, 380, 0.4),
        new("b5", B, 32, 1.6, 2.2, 456, 0.4, 1e-3, 0.01),
        new("b6", B, 32, 1.8, 2.6, 528, 0.5, 1e-3, 0.01),
        new("b7", B, 32, 2.0, 3.1, 600, 0.5, 1e-3, 0.01),
        new("v2_s", V2Small, 24, 1.0, 1.0, 384, 0.2, 1e-3),
        new("v2_m", V2Medium, 24, 1.0, 1.0, 480, 0.3, 1e-3),
        new("v2_l", V2Large, 32, 1.0, 1.0, 480, 0.4, 1e-3),
    ];

    private readonly Sequential _features;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Sequential _classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="version"><c>b0</c> to <c>b7</c>, <c>v2_s</c>, <c>v2_m</c> or <c>v2_l</c>.</param>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="width">Factor of all channel counts on top of the version's own; they are rounded to multiples of
    /// 8.</param>
    /// <param name="dropout">Probability that a feature is zeroed before the classifier, 0 to 1; left out: 0.2 to 0.5,
    /// by version.</param>
    /// <param name="smallStem">Whether stem and first strided stage keep the resolution, for inputs of 28 to 64 pixels:
    /// they are reduced by 8 in all, not by 32.</param>
    /// <param name="dims">Spatial axes, 1 to 3.</param>
    /// <exception cref="ArgumentException">The version does not exist, or a number is out of its range.</exception>
    public EfficientNet(
        string version,
        int channels,
        int classes,
        double width = 1.0,
        double? dropout = null,
        bool smallStem = false,
        int dims = 2
    )
    {
        Version of =
            Versions.FirstOrDefault(v => v.Name == version)
            ?? throw new ArgumentException(
                $"EfficientNet: version must be one of {string.Join(", ", Versions.Select(v => v.Name))}, got '{version}'.",
                nameof(version)
            );
        MobileLayers layers = new(dims, of.Epsilon, of.Momentum);
        int Scaled(int count) => MobileLayers.Divisible(count * of.Width * width);
        int last = Scaled(of.Stem),
            index = 0,
            total = of.Stages.Sum(s => s.Blocks(of.Depth));
        bool keep = smallStem;
        _features = new Sequential(layers.ConvNorm(channels, last, 3, smallStem ? 1 : 2, activation: new SiLU()));
        foreach (Stage stage in of.Stages)
        {
            Sequential blocks = [];
            Stage scaled = stage with { Channels = Scaled(stage.Channels), Stride = keep ? 1 : stage.Stride };
            keep &= stage.Stride == 1;
            for (int i = 0; i < stage.Blocks(of.Depth); i++, index++)
            {
                blocks.Add(
                    new Block(
                        layers,
                        last,
                        i == 0 ? scaled : scaled with { Stride = 1 },
                        DropPathProbability * index / total
                    )
                );
                last = scaled.Channels;
            }

            _features.Add(blocks);
        }

        int features = of.Stages == B ? 4 * last : MobileLayers.Divisible(1280 * width);
        double bound = 1.0 / Math.Sqrt(classes);
        _features.Add(layers.ConvNorm(last, features, 1, activation: new SiLU()));
        _classifier = new Sequential(
            new Dropout(dropout ?? of.Dropout),
            MobileLayers.Linear(features, classes, new Uniform(-bound, bound))
        );
    }

    internal static IEnumerable<ModelEntry> Entries =>
        Versions.Select(version => new ModelEntry(
            $"efficientnet_{version.Name}",
            $"{(version.Stages == B ? $"EfficientNet-{version.Name.ToUpperInvariant()} (Tan, Le 2019)" : $"EfficientNet{version.Name.ToUpperInvariant().Replace('_', '-')} (Tan, Le 2021)")}, for images of {version.Size} pixels",
            [3, version.Size, version.Size],
            1000,
            ["width", "dropout", "stem", "dims"],
            r => new EfficientNet(
                version.Name,
                r.Channels,
                r.Classes,
                r.Width,
                r.Dropout(version.Dropout),
                r.SmallStem,
                r.Dims
            ),
            _ => version.Stages == B ? UsualTraining : UsualTrainingV2
        ));

    // Tan, Le 2019: RMSProp, batch 4096, rate 0.256 x 0.97 every 2.4 epochs, 350 epochs, average of the weights; here a
    // tenth of the epochs, a 64th of batch and rate.
    // TensorFlow's epsilon 1e-3 stands under the root.
    internal static Recipe UsualTraining =>
        new(
            35,
            64,
            0.004,
            "rmsprop,alpha=0.9,eps=0.0316,momentum=0.9,decay=1e-5",
            "exponential=0.881,warmup=1ep",
            LabelSmoothing: 0.1,
            AverageDecay: 0.9999
        );

    // torchvision: SGD, batch 1024, rate 0.5, cosine after 5 epochs of warm-up, 600 epochs, average of the weights;
    // here a tenth of the epochs, a 16th of batch and rate.
    private static Recipe UsualTrainingV2 =>
        new(
            60,
            64,
            0.03125,
            "sgd,momentum=0.9,decay=2e-5",
            "cosine,warmup=1ep",
            LabelSmoothing: 0.1,
            AverageDecay: 0.9999
        );

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W], or with one or three spatial axes.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_features.Forward(x)));

    /// <summary>A stage of the papers' tables.</summary>
    private sealed record Stage(int Expansion, int Kernel, int Stride, int Channels, int Layers, bool Fused = false)
    {
        public int Blocks(double depth) => (int)Math.Ceiling(Layers * depth);
    }

    private sealed record Version(
        string Name,
        Stage[] Stages,
        int Stem,
        double Width,
        double Depth,
        int Size,
        double Dropout,
        double Epsilon = 1e-5,
        double Momentum = 0.1
    );

    /// <summary>Expand, filter each channel, weigh the channels, project; or fused: expand by the filter itself,
    /// project. Added to the input where the shapes agree, then skipped at random.</summary>
    private sealed class Block : Module
    {
        private readonly Sequential _block;
        private readonly DropPath _stochasticDepth;
        private readonly bool _residual;

        public Block(MobileLayers layers, int inChannels, Stage stage, double skip)
        {
            int expanded = MobileLayers.Divisible(inChannels * stage.Expansion);
            _residual = stage.Stride == 1 && inChannels == stage.Channels;
            _stochasticDepth = new DropPath(skip);
            _block = stage.Fused
                ? Fused(layers, inChannels, expanded, stage)
                : Separate(layers, inChannels, expanded, stage);
        }

        public override Tensor Forward(Tensor x) =>
            _residual ? _stochasticDepth.Forward(_block.Forward(x)) + x : _block.Forward(x);

        private static Sequential Fused(MobileLayers layers, int inChannels, int expanded, Stage stage) =>
            expanded == inChannels
                ? new Sequential(
                    layers.ConvNorm(inChannels, stage.Channels, stage.Kernel, stage.Stride, activation: new SiLU())
                )
                : new Sequential(
                    layers.ConvNorm(inChannels, expanded, stage.Kernel, stage.Stride, activation: new SiLU()),
                    layers.ConvNorm(expanded, stage.Channels, 1)
                );

        private static Sequential Separate(MobileLayers layers, int inChannels, int expanded, Stage stage)
        {
            Sequential block = [];
            if (expanded != inChannels)
            {
                block.Add(layers.ConvNorm(inChannels, expanded, 1, activation: new SiLU()));
            }

            block.Add(layers.ConvNorm(expanded, expanded, stage.Kernel, stage.Stride, expanded, new SiLU()));
            block.Add(layers.SqueezeExcitation(expanded, Math.Max(1, inChannels / 4), new SiLU(), new Sigmoid()));
            block.Add(layers.ConvNorm(expanded, stage.Channels, 1));
            return block;
        }
    }
}
