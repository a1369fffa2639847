namespace Fovea.Models;

/// <summary>MNASNet in its form B1: a separable stem, six stacks of inverted residuals with filters of 3x3 and 5x5, a
/// pointwise convolution to 1280 channels, global average, linear.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision, which has it at 0.5, 0.75, 1 and 1.3 times the channels: 4,383,312 parameters
/// at 1. The last 1280 stay.</para>
/// <para>With <c>stem=small</c> stem and first stack keep the resolution, for images of 28 to 64 pixels: they are reduced by
/// 8 in all, not by 32.</para>
/// <para>Filters start from He's rule by fan out, the classifier uniform within sqrt(3 / classes). Running statistics move
/// by 0.0003 of a batch, as TensorFlow's 0.9997 is meant. Tan et al. 2019, https://arxiv.org/abs/1807.11626.</para>
/// </remarks>
public sealed class MnasNet : Module
{
    private const double Momentum = 1 - 0.9997;
    private const int LastChannels = 1280;

    private static readonly (int Channels, int Kernel, int Stride, int Expansion, int Blocks)[] Stacks =
    [
        (24, 3, 2, 3, 3),
        (40, 5, 2, 3, 3),
        (80, 5, 2, 6, 3),
        (96, 3, 1, 6, 2),
        (192, 5, 2, 6, 4),
        (320, 3, 1, 6, 1),
    ];

    private readonly Sequential _layers;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Sequential _classifier;

    private MnasNet(ModelRequest request, double factor)
    {
        MobileLayers layers = new(request.Dims, Momentum: Momentum);
        int Scaled(int channels) => MobileLayers.Divisible(channels * factor * request.Width);
        int stem = Scaled(32),
            last = Scaled(16);
        bool keep = request.SmallStem;
        _layers = new Sequential(
            layers.Conv(request.Channels, stem, 3, keep ? 1 : 2),
            layers.Norm(stem),
            new ReLU(),
            layers.Conv(stem, stem, 3, groups: stem),
            layers.Norm(stem),
            new ReLU(),
            layers.Conv(stem, last, 1),
            layers.Norm(last)
        );
        foreach ((int channels, int kernel, int stride, int expansion, int blocks) in Stacks)
        {
            Sequential stack = [];
            for (int i = 0; i < blocks; i++)
            {
                int step = i == 0 && !keep ? stride : 1;
                stack.Add(new InvertedResidual(layers, last, Scaled(channels), kernel, step, expansion));
                last = Scaled(channels);
            }

            keep = false;
            _layers.Add(stack);
        }

        _layers.Add(layers.Conv(last, LastChannels, 1));
        _layers.Add(layers.Norm(LastChannels));
        _layers.Add(new ReLU());
        double bound = Math.Sqrt(3.0 / request.Classes);
        _classifier = new Sequential(
            new Dropout(request.Dropout(0.2)),
            MobileLayers.Linear(LastChannels, request.Classes, new Uniform(-bound, bound))
        );
    }

    internal static IEnumerable<ModelEntry> Entries =>
        new (string Name, double Factor)[] { ("0_5", 0.5), ("0_75", 0.75), ("1_0", 1.0), ("1_3", 1.3) }.Select(
            version => new ModelEntry(
                $"mnasnet{version.Name}",
                $"MNASNet (Tan et al. 2019), inverted residuals, channels times {version.Name.Replace('_', '.')}",
                [3, 224, 224],
                1000,
                ["width", "dropout", "stem", "dims"],
                r => new MnasNet(r, version.Factor),
                // The authors' training for both; without the smoothing and averaging of the later paper.
                _ => EfficientNet.UsualTraining with { LabelSmoothing = 0.0, AverageDecay = null }
            )
        );

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_layers.Forward(x)));

    /// <summary>Expand by 1x1, filter each channel, project by 1x1 without activation; added to the input where the shapes
    /// agree.</summary>
    private sealed class InvertedResidual : Module
    {
        private readonly Sequential _layers;
        private readonly bool _residual;

        public InvertedResidual(
            MobileLayers layers,
            int inChannels,
            int outChannels,
            int kernel,
            int stride,
            int expansion
        )
        {
            int hidden = inChannels * expansion;
            _residual = stride == 1 && inChannels == outChannels;
            _layers = new Sequential(
                layers.Conv(inChannels, hidden, 1),
                layers.Norm(hidden),
                new ReLU(),
                layers.Conv(hidden, hidden, kernel, stride, hidden),
                layers.Norm(hidden),
                new ReLU(),
                layers.Conv(hidden, outChannels, 1),
                layers.Norm(outChannels)
            );
        }

        public override Tensor Forward(Tensor x) => _residual ? _layers.Forward(x) + x : _layers.Forward(x);
    }
}
