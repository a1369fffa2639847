namespace Fovea.Models;

/// <summary>ShuffleNetV2: units of two branches, one of which passes half of the channels as they are; then the channels of
/// both are dealt out in turn.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision, which has it at 0.5, 1, 1.5 and 2 times the channels: 2,278,604 parameters at
/// 1.</para>
/// <para>With <c>stem=small</c> the first convolution has stride 1 and there is no max pool, for images of 28 to 64 pixels:
/// they are reduced by 8 in all, not by 32. With <c>width</c> stages have even numbers of channels.</para>
/// <para>Weights start from the layer default, as in torchvision. Ma et al. 2018,
/// https://arxiv.org/abs/1807.11164.</para>
/// </remarks>
public sealed class ShuffleNetV2 : Module
{
    private const int StemChannels = 24;

    private static readonly int[] Units = [4, 8, 4];

    private readonly Sequential _conv1;
    private readonly Module _maxpool;
    private readonly Sequential _stage2;
    private readonly Sequential _stage3;
    private readonly Sequential _stage4;
    private readonly Sequential _conv5;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Linear _fc;

    private ShuffleNetV2(ModelRequest request, int[] stages, int features)
    {
        SpatialLayers layers = new(request.Dims);
        int last = request.Scaled(StemChannels),
            scaledFeatures = request.Scaled(features);
        _conv1 = Unit(layers, layers.Conv(request.Channels, last, 3, request.SmallStem ? 1 : 2, 1), last);
        _maxpool = request.SmallStem ? new Identity() : layers.MaxPool(3, stride: 2, padding: 1);
        Sequential[] built =
        [
            [],
            [],
            [],
        ];
        for (int stage = 0; stage < stages.Length; stage++)
        {
            int half = request.Scaled(stages[stage] / 2);
            for (int i = 0; i < Units[stage]; i++)
            {
                built[stage].Add(new InvertedResidual(layers, last, half, i == 0 ? 2 : 1));
                last = 2 * half;
            }
        }

        (_stage2, _stage3, _stage4) = (built[0], built[1], built[2]);
        _conv5 = Unit(layers, layers.Conv(last, scaledFeatures, 1), scaledFeatures);
        _fc = new Linear(scaledFeatures, request.Classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        new (string Name, int[] Stages, int Features)[]
        {
            ("x0_5", [48, 96, 192], 1024),
            ("x1_0", [116, 232, 464], 1024),
            ("x1_5", [176, 352, 704], 1024),
            ("x2_0", [244, 488, 976], 2048),
        }.Select(version => new ModelEntry(
            $"shufflenet_v2_{version.Name}",
            $"ShuffleNetV2 (Ma et al. 2018), channels times {version.Name[1..].Replace('_', '.')}",
            [3, 224, 224],
            1000,
            ["width", "stem", "dims"],
            r => new ShuffleNetV2(r, version.Stages, version.Features),
            UsualTraining
        ));

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x)
    {
        Tensor h = _maxpool.Forward(_conv1.Forward(x));
        h = _conv5.Forward(_stage4.Forward(_stage3.Forward(_stage2.Forward(h))));
        return _fc.Forward(_avgpool.Forward(h));
    }

    // The paper: SGD, batch 1024, rate 0.5 falling by a line over 240 epochs; here a tenth of the epochs, a 16th of batch
    // and rate, and a cosine, which falls in the same time.
    private static Recipe UsualTraining(int trainItems) =>
        new(24, 64, 0.03125, "sgd,momentum=0.9,decay=4e-5", "cosine");

    /// <summary>A convolution with normalization and ReLU.</summary>
    private static Sequential Unit(SpatialLayers layers, Module convolution, int channels) =>
        new(convolution, layers.BatchNorm(channels), new ReLU());

    /// <summary>With stride 1 the first half of the channels passes as it is, with stride 2 both branches take all
    /// channels.</summary>
    private sealed class InvertedResidual : Module
    {
        private readonly int _half;
        private readonly Sequential? _branch1;
        private readonly Sequential _branch2;

        public InvertedResidual(SpatialLayers layers, int inChannels, int half, int stride)
        {
            _half = half;
            int taken = stride > 1 ? inChannels : half;
            _branch1 =
                stride > 1
                    ? new Sequential(
                        layers.Conv(inChannels, inChannels, 3, stride, 1, groups: inChannels),
                        layers.BatchNorm(inChannels),
                        layers.Conv(inChannels, half, 1),
                        layers.BatchNorm(half),
                        new ReLU()
                    )
                    : null;
            _branch2 = new Sequential(
                layers.Conv(taken, half, 1),
                layers.BatchNorm(half),
                new ReLU(),
                layers.Conv(half, half, 3, stride, 1, groups: half),
                layers.BatchNorm(half),
                layers.Conv(half, half, 1),
                layers.BatchNorm(half),
                new ReLU()
            );
        }

        public override Tensor Forward(Tensor x) =>
            Shuffled(
                _branch1 is null
                    ? Tensor.Concat([x.Narrow(1, 0, _half), _branch2.Forward(x.Narrow(1, _half, _half))])
                    : Tensor.Concat([_branch1.Forward(x), _branch2.Forward(x)])
            );

        /// <summary>Channels 0, half, 1, half + 1, ...</summary>
        private Tensor Shuffled(Tensor x)
        {
            int[] sizes = [.. x.Shape.Sizes];
            return x.Reshape([sizes[0], 2, _half, .. sizes[2..]]).Transpose(1, 2).Reshape(sizes);
        }
    }
}
