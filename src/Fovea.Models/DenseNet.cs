namespace Fovea.Models;

/// <summary>The networks of Huang et al. 2017: in a dense block every layer sees the outputs of all layers before it
/// and adds 32 channels; between blocks channels and sizes halve.</summary>
/// <remarks>
/// <para>The form with bottlenecks and compression (DenseNet-BC), laid out and named as in torchvision. With
/// <c>stem=small</c>, for images of 28 to 64 pixels, the first
/// convolution is 3x3 with stride 1 and there is no max pool. <c>dropout</c> acts after each layer's last convolution;
/// the paper takes 0.2 for small data sets without
/// augmentation.</para>
/// <para>Filters start from He's normal rule by fan in, the classifier's matrix from the layer default and its bias at
/// 0. https://arxiv.org/abs/1608.06993.</para>
/// </remarks>
public sealed class DenseNet : Module
{
    private const int Growth = 32;
    private const int Bottleneck = 4;

    private static readonly KaimingNormal FilterRule = new();

    private readonly Sequential _features;
    private readonly ReLU _relu = new();
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Linear _classifier;

    private DenseNet(ModelRequest request, int[] layersOfBlock)
    {
        SpatialLayers layers = new(request.Dims);
        int channels = request.Scaled(64),
            growth = request.Scaled(Growth);
        _features = Stem(layers, request, channels);
        for (int block = 1; block <= layersOfBlock.Length; block++)
        {
            Sequential dense = [];
            for (int i = 1; i <= layersOfBlock[block - 1]; i++)
            {
                dense.Add($"denselayer{i}", new DenseLayer(layers, channels, growth, request.Dropout(0.0)));
                channels += growth;
            }

            _features.Add($"denseblock{block}", dense);
            if (block < layersOfBlock.Length)
            {
                _features.Add($"transition{block}", Transition(layers, channels, channels / 2));
                channels /= 2;
            }
        }

        _features.Add("norm5", layers.BatchNorm(channels));
        _classifier = new Linear(channels, request.Classes);
        _classifier.Bias!.Initializer = new Constant(0);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        new (int Depth, int[] Layers)[]
        {
            (121, [6, 12, 24, 16]),
            (169, [6, 12, 32, 32]),
            (201, [6, 12, 48, 32]),
        }.Select(plan => Entry(plan.Depth, plan.Layers));

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...], spatial sizes 29 or more, with <c>stem=small</c> 8 or more.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) =>
        _classifier.Forward(_avgpool.Forward(_relu.Forward(_features.Forward(x))));

    /// <summary>Section 4.2 of the paper, with the learning rate falling by a cosine, which fits any number of epochs,
    /// in place of by tens.</summary>
    private static ModelEntry Entry(int depth, int[] layers) =>
        new(
            $"densenet{depth}",
            $"densely connected network of {depth} layers",
            [3, 224, 224],
            1000,
            ["width", "dropout", "stem", "dims"],
            r => new DenseNet(r, layers),
            _ => new Recipe(90, 256, 0.1, "sgd,momentum=0.9,nesterov,decay=1e-4", "cosine")
        );

    private static Sequential Stem(SpatialLayers layers, ModelRequest request, int channels) =>
        new(
            (
                "conv0",
                request.SmallStem
                    ? layers.Conv(request.Channels, channels, 3, padding: 1, weights: FilterRule)
                    : layers.Conv(request.Channels, channels, 7, stride: 2, padding: 3, weights: FilterRule)
            ),
            ("norm0", layers.BatchNorm(channels)),
            ("relu0", new ReLU()),
            ("pool0", request.SmallStem ? new Identity() : layers.MaxPool(3, stride: 2, padding: 1))
        );

    private static Sequential Transition(SpatialLayers layers, int inChannels, int outChannels) =>
        new(
            ("norm", layers.BatchNorm(inChannels)),
            ("relu", new ReLU()),
            ("conv", layers.Conv(inChannels, outChannels, 1, weights: FilterRule)),
            ("pool", layers.AvgPool(2))
        );

    /// <summary>A 1x1 and a 3x3 convolution, each after normalization and ReLU; their output stands behind the input's
    /// channels.</summary>
    private sealed class DenseLayer(SpatialLayers layers, int inChannels, int growth, double dropout) : Module
    {
        private readonly BatchNorm _norm1 = layers.BatchNorm(inChannels);
        private readonly ReLU _relu1 = new();
        private readonly ConvolutionLayer _conv1 = layers.Conv(inChannels, Bottleneck * growth, 1, weights: FilterRule);
        private readonly BatchNorm _norm2 = layers.BatchNorm(Bottleneck * growth);
        private readonly ReLU _relu2 = new();
        private readonly ConvolutionLayer _conv2 = layers.Conv(
            Bottleneck * growth,
            growth,
            3,
            padding: 1,
            weights: FilterRule
        );
        private readonly Dropout? _drop = dropout > 0 ? new Dropout(dropout) : null;

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _conv1.Forward(_relu1.Forward(_norm1.Forward(x)));
            h = _conv2.Forward(_relu2.Forward(_norm2.Forward(h)));
            return Tensor.Concat([x, _drop?.Forward(h) ?? h]);
        }
    }
}
