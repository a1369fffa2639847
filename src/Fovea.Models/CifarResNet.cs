namespace Fovea.Models;

/// <summary>What a <see cref="CifarResNet"/> adds where a block changes the size.</summary>
public enum CifarShortcut
{
    /// <summary>A 1x1 convolution with normalization (the paper's option B).</summary>
    Projection,

    /// <summary>The input at every second position, with channels of zeros on both sides (the paper's option A);
    /// nothing to learn.</summary>
    Pad,
}

/// <summary>The residual networks of He et al. 2016 for small images: a 3x3 stem and three stages of 16, 32 and 64
/// channels, 6n + 2 layers.</summary>
/// <remarks>
/// ResNet-20 with 3 channels and 10 classes has 272,474 parameters; with shortcuts by padding, as in the paper's
/// tables, 269,722. The paper does not say where the
/// channels of zeros are; here one half is in front, as in https://github.com/akamaster/pytorch_resnet_cifar10.
/// Filters start from He's rule by fan out. He, Zhang, Ren, Sun: Deep residual learning for image recognition, section
/// 4.2, https://arxiv.org/abs/1512.03385.
/// </remarks>
public sealed class CifarResNet : Module
{
    private static readonly int[] Depths = [20, 32, 44, 56, 110];

    private readonly ConvolutionLayer _conv1;
    private readonly BatchNormRelu _bn1;
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
    /// <param name="shortcut">What is added where a block changes the size.</param>
    /// <param name="dims">Spatial axes, 1 to 3.</param>
    /// <exception cref="ArgumentException">The depth is not 6n + 2, or a number is out of its range.</exception>
    public CifarResNet(
        int depth,
        int channels,
        int classes,
        int width = 16,
        CifarShortcut shortcut = CifarShortcut.Projection,
        int dims = 2
    )
    {
        if (depth < 8 || (depth - 2) % 6 != 0)
        {
            throw new ArgumentException(
                $"CifarResNet: depth must be 6n + 2, such as 20 or 56, got {depth}.",
                nameof(depth)
            );
        }

        SpatialLayers layers = new(dims);
        Sequential Stage(int inChannels, int outChannels, int stride) =>
            new([
                .. Enumerable
                    .Range(0, (depth - 2) / 6)
                    .Select(i => new Block(
                        layers,
                        i == 0 ? inChannels : outChannels,
                        outChannels,
                        i == 0 ? stride : 1,
                        shortcut
                    )),
            ]);
        _conv1 = Filters(layers, channels, width, 3, 1);
        _bn1 = layers.BatchNormRelu(width);
        _layer1 = Stage(width, width, 1);
        _layer2 = Stage(width, 2 * width, 2);
        _layer3 = Stage(2 * width, 4 * width, 2);
        _fc = new Linear(4 * width, classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        Depths.Select(depth => new ModelEntry(
            $"resnet{depth}",
            $"residual network of {depth} layers for images of about 16 to 64 pixels",
            [3, 32, 32],
            10,
            ["width", "shortcut", "dims"],
            r => new CifarResNet(
                depth,
                r.Channels,
                r.Classes,
                r.Scaled(16),
                r.Arguments.Choice("shortcut", "projection", "pad") == "pad"
                    ? CifarShortcut.Pad
                    : CifarShortcut.Projection,
                r.Dims
            ),
            _ => new Recipe(20, 128, 0.2, "sgd,momentum=0.9,nesterov,decay=5e-4", "onecycle", null)
        ));

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W], or with one or three spatial axes.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x)
    {
        Tensor h = _bn1.Forward(_conv1.Forward(x));
        h = _layer3.Forward(_layer2.Forward(_layer1.Forward(h)));
        return _fc.Forward(_pool.Forward(h));
    }

    private static ConvolutionLayer Filters(
        SpatialLayers layers,
        int inChannels,
        int outChannels,
        int kernel,
        int stride
    ) => layers.Conv(inChannels, outChannels, kernel, stride, kernel / 2, weights: new KaimingNormal(FanMode.FanOut));

    /// <summary>Two 3x3 convolutions and a shortcut.</summary>
    private sealed class Block : Module
    {
        private readonly ConvolutionLayer _conv1;
        private readonly BatchNormRelu _bn1;
        private readonly ConvolutionLayer _conv2;
        private readonly BatchNormRelu _bn2;
        private readonly Module? _downsample;

        public Block(SpatialLayers layers, int inChannels, int outChannels, int stride, CifarShortcut shortcut)
        {
            _conv1 = Filters(layers, inChannels, outChannels, 3, stride);
            _bn1 = layers.BatchNormRelu(outChannels);
            _conv2 = Filters(layers, outChannels, outChannels, 3, 1);
            _bn2 = layers.BatchNormRelu(outChannels);
            _downsample =
                stride == 1 && inChannels == outChannels ? null
                : shortcut == CifarShortcut.Pad ? new PadShortcut(layers, outChannels - inChannels, stride)
                : new Sequential(Filters(layers, inChannels, outChannels, 1, stride), layers.BatchNorm(outChannels));
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _conv2.Forward(_bn1.Forward(_conv1.Forward(x)));
            return _bn2.Forward(h, _downsample?.Forward(x) ?? x);
        }
    }

    /// <summary>Every stride-th position, between channels of zeros.</summary>
    private sealed class PadShortcut(SpatialLayers layers, int added, int stride) : Module
    {
        private readonly Module _subsample = layers.AvgPool(1, stride);

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _subsample.Forward(x);
            int front = added / 2;
            if (h.Rank <= 4)
            {
                int[] before = [front, .. new int[h.Rank - 2]],
                    after = [added - front, .. new int[h.Rank - 2]];
                return h.Pad(Padding.Explicit(PerAxis.Create(before), PerAxis.Create(after)), axes: h.Rank - 1); // channels and positions
            }

            return Tensor.Concat([
                Tensor.Zeros(h.Shape.With(1, front), h.DType),
                h,
                Tensor.Zeros(h.Shape.With(1, added - front), h.DType),
            ]);
        }
    }
}
