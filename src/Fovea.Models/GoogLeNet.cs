namespace Fovea.Models;

/// <summary>The network of Szegedy et al. 2015 (Inception v1): nine modules of four branches side by side, with batch
/// normalization.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision, without the auxiliary heads and without its rescaling of inputs:
/// 6,624,904 parameters. As there, the branch the paper gives
/// 5x5 convolutions has 3x3. With <c>stem=small</c>, for images of 28 to 64 pixels, the first convolution is 3x3 with
/// stride 1 and the first max pool is left out.</para>
/// <para>Weights start normal with deviation 0.01 (torchvision cuts it off at 2, that is 200 deviations, which never
/// happens), the classifier's bias from the layer
/// default. https://arxiv.org/abs/1409.4842.</para>
/// </remarks>
public sealed class GoogLeNet : Module
{
    private static readonly Normal WeightRule = new(0, 0.01);

    private readonly ConvNormRelu _conv1;
    private readonly Module _maxpool1;
    private readonly ConvNormRelu _conv2;
    private readonly ConvNormRelu _conv3;
    private readonly Module _maxpool2;
    private readonly Inception _inception3a;
    private readonly Inception _inception3b;
    private readonly Module _maxpool3;
    private readonly Inception _inception4a;
    private readonly Inception _inception4b;
    private readonly Inception _inception4c;
    private readonly Inception _inception4d;
    private readonly Inception _inception4e;
    private readonly Module _maxpool4;
    private readonly Inception _inception5a;
    private readonly Inception _inception5b;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Dropout _dropout;
    private readonly Linear _fc;

    private GoogLeNet(ModelRequest request)
    {
        SpatialLayers layers = new(request.Dims);
        int channels = request.Scaled(192),
            stem = request.Scaled(64);
        _conv1 = request.SmallStem
            ? new ConvNormRelu(layers, request.Channels, stem, 3)
            : new ConvNormRelu(layers, request.Channels, stem, 7, stride: 2);
        _maxpool1 = request.SmallStem ? new Identity() : layers.MaxPool(3, stride: 2, ceilMode: true);
        _conv2 = new ConvNormRelu(layers, stem, stem, 1);
        _conv3 = new ConvNormRelu(layers, stem, channels, 3);
        _maxpool2 = layers.MaxPool(3, stride: 2, ceilMode: true);
        _inception3a = Branches(64, 96, 128, 16, 32, 32);
        _inception3b = Branches(128, 128, 192, 32, 96, 64);
        _maxpool3 = layers.MaxPool(3, stride: 2, ceilMode: true);
        _inception4a = Branches(192, 96, 208, 16, 48, 64);
        _inception4b = Branches(160, 112, 224, 24, 64, 64);
        _inception4c = Branches(128, 128, 256, 24, 64, 64);
        _inception4d = Branches(112, 144, 288, 32, 64, 64);
        _inception4e = Branches(256, 160, 320, 32, 128, 128);
        _maxpool4 = layers.MaxPool(2, stride: 2, ceilMode: true);
        _inception5a = Branches(256, 160, 320, 32, 128, 128);
        _inception5b = Branches(384, 192, 384, 48, 128, 128);
        _dropout = new Dropout(request.Dropout(0.2));
        _fc = new Linear(channels, request.Classes);
        _fc.Weight.Initializer = WeightRule;

        Inception Branches(params int[] plan)
        {
            Inception inception = new(layers, channels, Array.ConvertAll(plan, request.Scaled));
            channels = inception.OutChannels;
            return inception;
        }
    }

    /// <summary>The training of the Caffe authors' GoogLeNet, with the learning rate falling by a cosine in place of a
    /// root.</summary>
    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "googlenet",
                "nine inception modules (Inception v1), without auxiliary heads",
                [3, 224, 224],
                1000,
                ["width", "dropout", "stem", "dims"],
                r => new GoogLeNet(r),
                _ => new Recipe(60, 32, 0.01, "sgd,momentum=0.9,decay=2e-4", "cosine")
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...], spatial sizes 15 or more, with <c>stem=small</c> 4 or more.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x)
    {
        Tensor h = _maxpool1.Forward(_conv1.Forward(x));
        h = _maxpool2.Forward(_conv3.Forward(_conv2.Forward(h)));
        h = _maxpool3.Forward(_inception3b.Forward(_inception3a.Forward(h)));
        h = _inception4c.Forward(_inception4b.Forward(_inception4a.Forward(h)));
        h = _maxpool4.Forward(_inception4e.Forward(_inception4d.Forward(h)));
        h = _inception5b.Forward(_inception5a.Forward(h));
        return _fc.Forward(_dropout.Forward(_avgpool.Forward(h)));
    }

    /// <summary>A convolution that keeps the size, or halves it, with normalization and ReLU.</summary>
    private sealed class ConvNormRelu(SpatialLayers layers, int inChannels, int outChannels, int kernel, int stride = 1)
        : Module
    {
        private readonly ConvolutionLayer _conv = layers.Conv(
            inChannels,
            outChannels,
            kernel,
            stride,
            padding: kernel / 2,
            weights: WeightRule
        );
        private readonly BatchNorm _bn = layers.BatchNorm(outChannels, epsilon: 1e-3);
        private readonly ReLU _relu = new();

        public override Tensor Forward(Tensor x) => _relu.Forward(_bn.Forward(_conv.Forward(x)));
    }

    /// <summary>Four branches side by side: 1x1; 1x1 then 3x3, twice; max pool then 1x1.</summary>
    private sealed class Inception : Module
    {
        private readonly ConvNormRelu _branch1;
        private readonly Sequential _branch2;
        private readonly Sequential _branch3;
        private readonly Sequential _branch4;

        /// <summary>Builds the branches.</summary>
        /// <param name="layers">The layers to build from.</param>
        /// <param name="inChannels">Channels of the input.</param>
        /// <param name="plan">The six columns of the paper's table 1: 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, pool
        /// projection.</param>
        public Inception(SpatialLayers layers, int inChannels, int[] plan)
        {
            _branch1 = new ConvNormRelu(layers, inChannels, plan[0], 1);
            _branch2 = new Sequential(
                new ConvNormRelu(layers, inChannels, plan[1], 1),
                new ConvNormRelu(layers, plan[1], plan[2], 3)
            );
            _branch3 = new Sequential(
                new ConvNormRelu(layers, inChannels, plan[3], 1),
                new ConvNormRelu(layers, plan[3], plan[4], 3)
            );
            _branch4 = new Sequential(
                layers.MaxPool(3, stride: 1, padding: 1, ceilMode: true),
                new ConvNormRelu(layers, inChannels, plan[5], 1)
            );
            OutChannels = plan[0] + plan[2] + plan[4] + plan[5];
        }

        public int OutChannels { get; }

        public override Tensor Forward(Tensor x) =>
            Tensor.Concat([_branch1.Forward(x), _branch2.Forward(x), _branch3.Forward(x), _branch4.Forward(x)]);
    }
}
