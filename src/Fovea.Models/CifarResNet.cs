namespace Fovea.Models;

/// <summary>The residual networks of He et al. 2016 for small images: a 3x3 stem and three stages of 16, 32 and 64 channels, 6n + 2 layers.</summary>
/// <remarks>
/// Shortcuts that change size are 1x1 convolutions with normalization (option B). ResNet-20 with 3 channels and 10 classes has 272,474 parameters.
/// Filters start from He's rule by fan out. He, Zhang, Ren, Sun: Deep residual learning for image recognition, section 4.2, https://arxiv.org/abs/1512.03385.
/// </remarks>
public sealed class CifarResNet : Module
{
    private static readonly int[] Depths = [20, 32, 44, 56, 110];

    private readonly Conv2d _conv1;
    private readonly BatchNormRelu2d _bn1;
    private readonly Sequential _layer1;
    private readonly Sequential _layer2;
    private readonly Sequential _layer3;
    private readonly GlobalAvgPool _pool = new(flatten: true);
    private readonly Linear _fc;

    /// <summary>Builds the network.</summary>
    /// <param name="depth">6n + 2 layers: 20, 32, 44, 56, 110.</param>
    /// <param name="channels">Channels of the images, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="width">Channels of the first stage, 1 or more.</param>
    /// <exception cref="ArgumentException">The depth is not 6n + 2.</exception>
    public CifarResNet(int depth, int channels, int classes, int width = 16)
    {
        if (depth < 8 || (depth - 2) % 6 != 0)
        {
            throw new ArgumentException($"CifarResNet: depth must be 6n + 2, such as 20 or 56, got {depth}.", nameof(depth));
        }

        int blocks = (depth - 2) / 6;
        _conv1 = Filters(channels, width, 3, 1);
        _bn1 = new BatchNormRelu2d(width);
        _layer1 = Stage(width, width, blocks, 1);
        _layer2 = Stage(width, 2 * width, blocks, 2);
        _layer3 = Stage(2 * width, 4 * width, blocks, 2);
        _fc = new Linear(4 * width, classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        Depths.Select(depth => new ModelEntry(
            $"resnet{depth}", $"residual network of {depth} layers for images of about 16 to 64 pixels", [3, 32, 32], 10, ["width"],
            r => new CifarResNet(depth, r.Channels, r.Classes, r.Scaled(16)),
            _ => new Recipe(20, 128, 0.2, "sgd,momentum=0.9,nesterov,decay=5e-4", "onecycle", null)));

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x)
    {
        Tensor h = _bn1.Forward(_conv1.Forward(x));
        h = _layer3.Forward(_layer2.Forward(_layer1.Forward(h)));
        return _fc.Forward(_pool.Forward(h));
    }

    private static Sequential Stage(int inChannels, int outChannels, int blocks, int stride) =>
        new([.. Enumerable.Range(0, blocks).Select(i => new Block(i == 0 ? inChannels : outChannels, outChannels, i == 0 ? stride : 1))]);

    private static Conv2d Filters(int inChannels, int outChannels, int kernel, int stride)
    {
        Conv2d convolution = new(inChannels, outChannels, kernel, stride, padding: kernel / 2, bias: false);
        convolution.Weight.Initializer = new KaimingNormal(FanMode.FanOut);
        return convolution;
    }

    /// <summary>Two 3x3 convolutions and a shortcut.</summary>
    private sealed class Block : Module
    {
        private readonly Conv2d _conv1;
        private readonly BatchNormRelu2d _bn1;
        private readonly Conv2d _conv2;
        private readonly BatchNormRelu2d _bn2;
        private readonly Sequential? _downsample;

        public Block(int inChannels, int outChannels, int stride)
        {
            _conv1 = Filters(inChannels, outChannels, 3, stride);
            _bn1 = new BatchNormRelu2d(outChannels);
            _conv2 = Filters(outChannels, outChannels, 3, 1);
            _bn2 = new BatchNormRelu2d(outChannels);
            _downsample = stride == 1 && inChannels == outChannels ? null : new Sequential(Filters(inChannels, outChannels, 1, stride), new BatchNorm2d(outChannels));
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _conv2.Forward(_bn1.Forward(_conv1.Forward(x)));
            return _bn2.Forward(h, _downsample?.Forward(x) ?? x);
        }
    }
}
