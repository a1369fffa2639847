namespace Fovea.Models;

/// <summary>RegNet: four stages of residual bottlenecks in groups, whose widths follow a rounded line; RegNetY with squeeze
/// and excitation, RegNetX without.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision, which calls them by their multiply-adds at 224 pixels: the one of 400 million
/// has 5,495,976 parameters as X, 4,344,144 as Y.</para>
/// <para>With <c>stem=small</c> stem and first stage keep the resolution, for images of 28 to 64 pixels: they are reduced by
/// 8 in all, not by 32. With <c>width</c> channels of stages are rounded to whole groups.</para>
/// <para>Filters start from He's normal rule by fan out, the classifier normal with deviation 0.01. Radosavovic et al.
/// 2020: Designing network design spaces, https://arxiv.org/abs/2003.13678.</para>
/// </remarks>
public sealed class RegNet : Module
{
    private const int StemChannels = 32;

    private readonly Sequential _stem;
    private readonly Sequential _trunkOutput = [];
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Linear _fc;

    private RegNet(ModelRequest request, Version version)
    {
        MobileLayers layers = new(request.Dims);
        int last = request.Scaled(StemChannels);
        _stem = layers.ConvNorm(request.Channels, last, 3, request.SmallStem ? 1 : 2, activation: new ReLU());
        foreach ((int index, (int width, int depth)) in version.Stages().Index())
        {
            int group = Math.Min(version.GroupWidth, width),
                channels = WholeGroups(width * request.Width, group),
                stride = index == 0 && request.SmallStem ? 1 : 2;
            Sequential stage = [];
            for (int i = 0; i < depth; i++)
            {
                Block block = new(layers, last, channels, i == 0 ? stride : 1, channels / group, version.Squeezes);
                stage.Add($"block{index + 1}-{i}", block);
                last = channels;
            }

            _trunkOutput.Add($"block{index + 1}", stage);
        }

        _fc = MobileLayers.Linear(last, request.Classes, new Normal(0, 0.01));
    }

    internal static IEnumerable<ModelEntry> Entries =>
        new Version[]
        {
            new("x_400mf", 22, 24, 24.48, 2.54, 16),
            new("x_800mf", 16, 56, 35.73, 2.28, 16),
            new("x_1_6gf", 18, 80, 34.01, 2.25, 24),
            new("x_3_2gf", 25, 88, 26.31, 2.25, 48),
            new("y_400mf", 16, 48, 27.89, 2.09, 8),
            new("y_800mf", 14, 56, 38.84, 2.4, 16),
            new("y_1_6gf", 27, 48, 20.71, 2.65, 24),
            new("y_3_2gf", 21, 80, 42.63, 2.66, 24),
        }.Select(version => new ModelEntry(
            $"regnet_{version.Name}",
            $"{(version.Squeezes ? "RegNetY" : "RegNetX")} (Radosavovic et al. 2020), bottlenecks in groups{(version.Squeezes ? ", squeeze and excitation" : "")}",
            [3, 224, 224],
            1000,
            ["width", "stem", "dims"],
            r => new RegNet(r, version),
            // The authors' batch is 1024, their rate 0.8; here an eighth of both.
            _ => new Recipe(100, 128, 0.1, "sgd,momentum=0.9,nesterov,decay=5e-5", "cosine,warmup=5ep")
        ));

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _fc.Forward(_avgpool.Forward(_trunkOutput.Forward(_stem.Forward(x))));

    /// <summary>The nearest multiple of a group's channels, at least one group, and not below 0.9 of the count.</summary>
    private static int WholeGroups(double channels, int group)
    {
        int rounded = Math.Max(group, (int)(channels + (group / 2.0)) / group * group);
        return rounded < 0.9 * channels ? rounded + group : rounded;
    }

    /// <summary>A member of the family: section 3.3 of the paper, w_0, w_a and w_m there.</summary>
    private sealed record Version(string Name, int Depth, int FirstWidth, double Slope, double Step, int GroupWidth)
    {
        private const int Quantum = 8;

        public bool Squeezes => Name[0] == 'y';

        /// <summary>Channels and blocks of each stage: blocks on the line whose widths round to the same.</summary>
        public IEnumerable<(int Width, int Depth)> Stages() =>
            Enumerable
                .Range(0, Depth)
                .Select(i => Math.Round(Math.Log(((i * Slope) + FirstWidth) / FirstWidth) / Math.Log(Step)))
                .Select(power => Quantum * (int)Math.Round(FirstWidth * Math.Pow(Step, power) / Quantum))
                .GroupBy(width => width)
                .Select(stage => (WholeGroups(stage.Key, Math.Min(GroupWidth, stage.Key)), stage.Count()));
    }

    /// <summary>1x1, 3x3 in groups, 1x1, and a shortcut.</summary>
    private sealed class Block : Module
    {
        private readonly Sequential? _proj;
        private readonly Sequential _f;
        private readonly ReLU _activation = new();

        public Block(MobileLayers layers, int inChannels, int outChannels, int stride, int groups, bool squeezes)
        {
            _proj =
                inChannels != outChannels || stride != 1 ? layers.ConvNorm(inChannels, outChannels, 1, stride) : null;
            _f = new Sequential(
                ("a", layers.ConvNorm(inChannels, outChannels, 1, activation: new ReLU())),
                ("b", layers.ConvNorm(outChannels, outChannels, 3, stride, groups, new ReLU()))
            );
            if (squeezes)
            {
                int squeezed = Math.Max(1, (int)Math.Round(0.25 * inChannels));
                _f.Add("se", layers.SqueezeExcitation(outChannels, squeezed, new ReLU(), new Sigmoid()));
            }

            _f.Add("c", layers.ConvNorm(outChannels, outChannels, 1));
        }

        public override Tensor Forward(Tensor x) => _activation.Forward((_proj?.Forward(x) ?? x) + _f.Forward(x));
    }
}
