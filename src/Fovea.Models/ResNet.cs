namespace Fovea.Models;

/// <summary>The residual networks of He et al. 2016 for large images, with ResNeXt (Xie et al. 2017) and wide
/// (Zagoruyko, Komodakis 2016) bottlenecks.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision: the stride of a stage sits in the 3x3 convolution of its first
/// bottleneck ("version 1.5").
/// With <c>variant=slim</c> as in TF-Slim: the stride sits in the 3x3 convolution of the last bottleneck of stages 1 to
/// 3, its shortcut takes every second value,
/// and the first max pool pads by TensorFlow's rule. Receptive fields differ: ResNet-50 sees 427 pixels, its slim form
/// 483.</para>
/// <para>With <c>stem=small</c> the first convolution is 3x3 with stride 1 and there is no max pool, as is usual for
/// images of 28 to 64 pixels:
/// ResNet-18 with 10 classes then has 11,173,962 parameters.</para>
/// <para>Filters start from He's normal rule by fan out, the classifier from the layer default. He, Zhang, Ren, Sun:
/// Deep residual learning for image recognition,
/// https://arxiv.org/abs/1512.03385; https://arxiv.org/abs/1611.05431; https://arxiv.org/abs/1605.07146.</para>
/// </remarks>
public sealed class ResNet : Module
{
    private static readonly KaimingNormal FilterRule = new(FanMode.FanOut);

    private readonly ConvolutionLayer _conv1;
    private readonly BatchNorm _bn1;
    private readonly ReLU _relu = new();
    private readonly Module _maxpool;
    private readonly Sequential _layer1;
    private readonly Sequential _layer2;
    private readonly Sequential _layer3;
    private readonly Sequential _layer4;
    private readonly GlobalAvgPool _avgpool = new(flatten: true);
    private readonly Linear _fc;

    private ResNet(ModelRequest request, Plan plan, bool slim)
    {
        SpatialLayers layers = new(request.Dims);
        int stem = request.Scaled(64);
        _conv1 = request.SmallStem
            ? layers.Conv(request.Channels, stem, 3, padding: 1, weights: FilterRule)
            : layers.Conv(request.Channels, stem, 7, stride: 2, padding: 3, weights: FilterRule);
        _bn1 = layers.BatchNorm(stem);
        _maxpool = request.SmallStem
            ? new Identity()
            : layers.MaxPool(3, stride: 2, padding: slim ? Padding.SameTensorFlow : 1);

        int channels = stem;
        Sequential[] stages = new Sequential[4];
        for (int stage = 0; stage < 4; stage++)
        {
            // Torchvision shrinks the map where a stage begins, TF-Slim where it ends.
            int units = plan.Units[stage],
                strided = slim ? (stage < 3 ? units - 1 : -1) : (stage > 0 ? 0 : -1);
            stages[stage] = new Sequential();
            for (int unit = 0; unit < units; unit++)
            {
                int stride = unit == strided ? 2 : 1;
                (Module block, channels) = plan.Bottleneck
                    ? Bottleneck.Create(layers, request, plan, channels, 64 << stage, stride, slim)
                    : BasicBlock.Create(layers, request, channels, 64 << stage, stride);
                stages[stage].Add(block);
            }
        }

        (_layer1, _layer2, _layer3, _layer4) = (stages[0], stages[1], stages[2], stages[3]);
        _fc = new Linear(channels, request.Classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            Entry("resnet18", "18 layers", new Plan([2, 2, 2, 2], Bottleneck: false)),
            Entry("resnet34", "34 layers", new Plan([3, 4, 6, 3], Bottleneck: false)),
            Entry("resnet50", "50 layers", new Plan([3, 4, 6, 3])),
            Entry("resnet101", "101 layers", new Plan([3, 4, 23, 3])),
            Entry("resnet152", "152 layers", new Plan([3, 8, 36, 3])),
            Entry("resnet200", "200 layers, as in TF-Slim", new Plan([3, 24, 36, 3], OnlySlim: true)),
            Entry(
                "resnext50_32x4d",
                "50 layers, convolutions in 32 groups",
                new Plan([3, 4, 6, 3], Groups: 32, GroupWidth: 4)
            ),
            Entry(
                "resnext101_32x8d",
                "101 layers, convolutions in 32 groups",
                new Plan([3, 4, 23, 3], Groups: 32, GroupWidth: 8)
            ),
            Entry("wide_resnet50_2", "50 layers, bottlenecks twice as wide", new Plan([3, 4, 6, 3], GroupWidth: 128)),
            Entry(
                "wide_resnet101_2",
                "101 layers, bottlenecks twice as wide",
                new Plan([3, 4, 23, 3], GroupWidth: 128)
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x)
    {
        Tensor h = _maxpool.Forward(_relu.Forward(_bn1.Forward(_conv1.Forward(x))));
        h = _layer4.Forward(_layer3.Forward(_layer2.Forward(_layer1.Forward(h))));
        return _fc.Forward(_avgpool.Forward(h));
    }

    /// <summary>He et al., section 3.4, with the learning rate falling by a cosine, which fits any number of epochs, in
    /// place of by tens.</summary>
    private static ModelEntry Entry(string name, string layout, Plan plan) =>
        new(
            name,
            $"residual network of {layout}",
            [3, 224, 224],
            1000,
            plan.Bottleneck ? ["width", "stem", "dims", "variant"] : ["width", "stem", "dims"],
            r => new ResNet(r, plan, plan.IsSlim(r.Arguments)),
            _ => new Recipe(90, 256, 0.1, "sgd,momentum=0.9,decay=1e-4", "cosine")
        );

    /// <summary>A 1x1 convolution with normalization, where stride or channels change.</summary>
    private static Sequential Projection(SpatialLayers layers, int inChannels, int outChannels, int stride) =>
        new(layers.Conv(inChannels, outChannels, 1, stride, weights: FilterRule), layers.BatchNorm(outChannels));

    /// <summary>What the members of the family differ in.</summary>
    private sealed record Plan(
        int[] Units,
        bool Bottleneck = true,
        int Groups = 1,
        int GroupWidth = 64,
        bool OnlySlim = false
    )
    {
        public bool IsSlim(ModelArguments arguments) =>
            Bottleneck
            && (OnlySlim ? arguments.Choice("variant", "slim") : arguments.Choice("variant", "torchvision", "slim"))
                == "slim";
    }

    /// <summary>Two 3x3 convolutions and a shortcut.</summary>
    private sealed class BasicBlock : Module
    {
        private readonly ConvolutionLayer _conv1;
        private readonly BatchNorm _bn1;
        private readonly ReLU _relu = new();
        private readonly ConvolutionLayer _conv2;
        private readonly BatchNorm _bn2;
        private readonly Sequential? _downsample;

        private BasicBlock(SpatialLayers layers, int inChannels, int outChannels, int stride)
        {
            _conv1 = layers.Conv(inChannels, outChannels, 3, stride, padding: 1, weights: FilterRule);
            _bn1 = layers.BatchNorm(outChannels);
            _conv2 = layers.Conv(outChannels, outChannels, 3, padding: 1, weights: FilterRule);
            _bn2 = layers.BatchNorm(outChannels);
            _downsample =
                stride == 1 && inChannels == outChannels ? null : Projection(layers, inChannels, outChannels, stride);
        }

        public static (Module Block, int Channels) Create(
            SpatialLayers layers,
            ModelRequest request,
            int inChannels,
            int planes,
            int stride
        )
        {
            int outChannels = request.Scaled(planes);
            return (new BasicBlock(layers, inChannels, outChannels, stride), outChannels);
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _relu.Forward(_bn1.Forward(_conv1.Forward(x)));
            h = _bn2.Forward(_conv2.Forward(h));
            return _relu.Forward(h + (_downsample?.Forward(x) ?? x));
        }
    }

    /// <summary>A 1x1 convolution to fewer channels, a 3x3 convolution, perhaps in groups, a 1x1 convolution to four
    /// times the plan's channels, and a shortcut.</summary>
    private sealed class Bottleneck : Module
    {
        private const int Expansion = 4;

        private readonly ConvolutionLayer _conv1;
        private readonly BatchNorm _bn1;
        private readonly ConvolutionLayer _conv2;
        private readonly BatchNorm _bn2;
        private readonly ConvolutionLayer _conv3;
        private readonly BatchNorm _bn3;
        private readonly ReLU _relu = new();
        private readonly Module? _downsample;

        private Bottleneck(
            SpatialLayers layers,
            int inChannels,
            int inner,
            int outChannels,
            int stride,
            int groups,
            bool slim
        )
        {
            _conv1 = layers.Conv(inChannels, inner, 1, weights: FilterRule);
            _bn1 = layers.BatchNorm(inner);
            _conv2 = layers.Conv(inner, inner, 3, stride, padding: 1, groups: groups, weights: FilterRule);
            _bn2 = layers.BatchNorm(inner);
            _conv3 = layers.Conv(inner, outChannels, 1, weights: FilterRule);
            _bn3 = layers.BatchNorm(outChannels);
            _downsample =
                inChannels != outChannels || (stride > 1 && !slim) ? Projection(layers, inChannels, outChannels, stride)
                : stride > 1 ? layers.MaxPool(1, stride)
                : null;
        }

        public static (Module Block, int Channels) Create(
            SpatialLayers layers,
            ModelRequest request,
            Plan plan,
            int inChannels,
            int planes,
            int stride,
            bool slim
        )
        {
            int inner = plan.Groups * request.Scaled(planes * plan.GroupWidth / 64),
                outChannels = Expansion * request.Scaled(planes);
            return (new Bottleneck(layers, inChannels, inner, outChannels, stride, plan.Groups, slim), outChannels);
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _relu.Forward(_bn1.Forward(_conv1.Forward(x)));
            h = _relu.Forward(_bn2.Forward(_conv2.Forward(h)));
            h = _bn3.Forward(_conv3.Forward(h));
            return _relu.Forward(h + (_downsample?.Forward(x) ?? x));
        }
    }
}
