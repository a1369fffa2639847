namespace Fovea.Models;

/// <summary>The networks of Iandola et al. 2016: fire modules, which squeeze channels by a 1x1 convolution and expand
/// them by 1x1 and 3x3 convolutions side by side.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision. With <c>stem=small</c>, for images of 28 to 64 pixels, the first
/// convolution is 3x3 with stride 1 and padding, and the first
/// max pool is left out.</para>
/// <para>Filters start from He's uniform rule, those of the classifier from a normal rule of deviation 0.01, biases at
/// 0. https://arxiv.org/abs/1602.07360.</para>
/// </remarks>
public sealed class SqueezeNet : Module
{
    private const int Pool = 0;

    /// <summary>After the stem: channels squeezed to and 8 times as many after expansion, or a max pool.</summary>
    private static readonly int[] Version10 = [16, 16, 32, Pool, 32, 48, 48, 64, Pool, 64];
    private static readonly int[] Version11 = [16, 16, Pool, 32, 32, Pool, 48, 48, 64, 64];
    private static readonly KaimingUniform FilterRule = new();

    private readonly Sequential _features;
    private readonly Sequential _classifier;

    private SqueezeNet(ModelRequest request, int stem, int kernel, int[] plan)
    {
        SpatialLayers layers = new(request.Dims);
        int channels = request.Scaled(stem);
        _features = new Sequential(
            request.SmallStem
                ? layers.Conv(request.Channels, channels, 3, padding: 1, bias: true, weights: FilterRule)
                : layers.Conv(request.Channels, channels, kernel, stride: 2, bias: true, weights: FilterRule),
            new ReLU(),
            request.SmallStem ? new Identity() : layers.MaxPool(3, stride: 2, ceilMode: true)
        );
        foreach (int squeezed in plan)
        {
            if (squeezed == Pool)
            {
                _features.Add(layers.MaxPool(3, stride: 2, ceilMode: true));
                continue;
            }

            int expanded = request.Scaled(4 * squeezed);
            _features.Add(new Fire(layers, channels, request.Scaled(squeezed), expanded));
            channels = 2 * expanded;
        }

        _classifier = new Sequential(
            new Dropout(request.Dropout(0.5)),
            layers.Conv(channels, request.Classes, 1, bias: true, weights: new Normal(0, 0.01)),
            new ReLU(),
            layers.AdaptiveAvgPool(1)
        );
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            Entry("squeezenet1_0", "version 1.0", r => new SqueezeNet(r, 96, 7, Version10)),
            Entry("squeezenet1_1", "version 1.1, 2.4 times less work", r => new SqueezeNet(r, 64, 3, Version11)),
        ];

    /// <summary>Computes class scores, none below 0.</summary>
    /// <param name="x">[N, channels, spatial...], spatial sizes 21 or more, with <c>stem=small</c> 4 or more.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_features.Forward(x)).Flatten(1);

    /// <summary>The authors' training, with the learning rate falling by a cosine in place of a line.</summary>
    private static ModelEntry Entry(string name, string version, Func<ModelRequest, Module> build) =>
        new(
            name,
            $"small network of fire modules, {version}",
            [3, 224, 224],
            1000,
            ["width", "dropout", "stem", "dims"],
            build,
            _ => new Recipe(68, 512, 0.04, "sgd,momentum=0.9,decay=2e-4", "cosine")
        );

    /// <summary>A 1x1 convolution to few channels, then 1x1 and 3x3 convolutions side by side.</summary>
    private sealed class Fire(SpatialLayers layers, int inChannels, int squeezed, int expanded) : Module
    {
        private readonly ConvolutionLayer _squeeze = layers.Conv(
            inChannels,
            squeezed,
            1,
            bias: true,
            weights: FilterRule
        );
        private readonly ReLU _squeezeActivation = new();

        [NamedAs("expand1x1")]
        private readonly ConvolutionLayer _expandPoint = layers.Conv(
            squeezed,
            expanded,
            1,
            bias: true,
            weights: FilterRule
        );

        [NamedAs("expand1x1_activation")]
        private readonly ReLU _expandPointActivation = new();

        [NamedAs("expand3x3")]
        private readonly ConvolutionLayer _expandArea = layers.Conv(
            squeezed,
            expanded,
            3,
            padding: 1,
            bias: true,
            weights: FilterRule
        );

        [NamedAs("expand3x3_activation")]
        private readonly ReLU _expandAreaActivation = new();

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _squeezeActivation.Forward(_squeeze.Forward(x));
            return Tensor.Concat([
                _expandPointActivation.Forward(_expandPoint.Forward(h)),
                _expandAreaActivation.Forward(_expandArea.Forward(h)),
            ]);
        }
    }
}
