namespace Fovea.Models.Tests;

public sealed class NetworkPrinterTests
{
    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Print_ModelOfTheZoo_ReadsBackToTheSameGraph(string name)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);

        GraphFacts.RequireRoundTrip(model, item);
    }

    [Theory]
    [InlineData("mobilenet_v2(dims=1)")]
    [InlineData("resnet18(dims=3,width=0.25)")]
    [InlineData("small_cnn(width=0.5)")]
    public void Print_OtherFormOfAModel_ReadsBackToTheSameGraph(string text)
    {
        (Module model, Shape item) = ModelRegistry.Create(
            text,
            text.Contains("dims=1", StringComparison.Ordinal) ? [2, 64]
                : text.Contains("dims=3", StringComparison.Ordinal) ? [1, 32, 32, 32]
                : [3, 32, 32]
        );

        GraphFacts.RequireRoundTrip(model, item);
    }

    [Fact]
    public void Print_Network_ComputesWhatTheOriginalDoes()
    {
        Module model = ModelRegistry.Create("resnet20", [3, 16, 16], 4).Initialize(3).Eval();
        Module read = NetworkText
            .Parse(NetworkText.Print(Graph.Trace(model, [3, 16, 16], training: true)))
            .Network.Eval();
        read.LoadStateDict(model.StateDict());
        Tensor x = Tensor.Normal([2, 3, 16, 16], rng: new Rng(1));

        Assert.Equal(model.Forward(x).ToArray(), read.Forward(x).ToArray());
    }

    [Fact]
    public void Print_ResNet20_IsReadable()
    {
        string[] lines = NetworkText
            .Print(Graph.Trace(ModelRegistry.Create("resnet20", [3, 32, 32], 10), [3, 32, 32], training: true))
            .Split('\n');

        Assert.Equal(
            [
                "input 3x32x32",
                "conv1: conv 16 3x3 padding=1 bias=false",
                "bn1: batchnorm",
                "relu: relu",
                "layer1.0.conv1: conv 16 3x3 padding=1 bias=false",
            ],
            lines[..5]
        );
        Assert.Contains("layer1.0.add: add layer1.0.bn2 relu", lines);
        Assert.Contains("layer2.0.downsample.0: conv 32 1x1 stride=2 bias=false from=layer1.2.relu#2", lines);
        Assert.Equal("fc: linear 10", lines[^2]);
    }

    [Fact]
    public void Print_LayerUsedTwice_KeepsItsWeightsShared()
    {
        string text = GraphFacts.RequireRoundTrip(new Twice(), [4, 8, 8]);

        Assert.Contains("conv#2: conv 4 3x3 padding=1", text, StringComparison.Ordinal);
        Assert.Equal(4 * 4 * 9 + 4, NetworkText.Parse(text).Network.ParameterCount());
    }

    [Fact]
    public void Print_EveryKindOfLayer_ReadsBackToTheSameGraph() =>
        GraphFacts.RequireRoundTrip(
            new Sequential(
                new ConvTranspose2d(4, 8, 3, 2, 1, 1, groups: 2, bias: false),
                new InstanceNorm2d(8, affine: true, trackRunningStats: true, momentum: null),
                new PReLU(8),
                new PReLU(),
                new LeakyReLU(0.2),
                new ELU(0.5),
                new CELU(2),
                new SELU(),
                new GELU(),
                new GELU(tanh: true),
                new Mish(),
                new Softplus(2, 10),
                new Tanh(),
                new Hardswish(),
                new ReLU6(),
                new GroupNorm(8, 8),
                new GroupNorm(8, 2, 1e-3, affine: false),
                new LayerNorm([8, 16, 16]),
                new BatchNorm(8, momentum: null),
                new BatchNorm2d(8, affine: false, trackRunningStats: false),
                new InstanceNorm2d(8),
                new Conv2d(
                    8,
                    8,
                    (3, 1),
                    padding: Padding.SameTensorFlow,
                    stride: (2, 1),
                    groups: 8,
                    paddingMode: PaddingMode.Zeros
                ),
                new Conv2d(8, 8, 3, padding: (1, 2), dilation: 2, paddingMode: PaddingMode.Reflect),
                new DepthwiseSeparableConv2d(8, 8, 3, padding: Padding.Causal),
                new SqueezeExcite(8, 2),
                new Dropout(0.1),
                new Dropout2d(0.2),
                new DropPath(1.0 / 3),
                new Upsample(2.0),
                Upsample.ToSize((10, 12), UpsampleMode.Linear, alignCorners: true),
                new MaxPool2d(3, 2, 1, ceilMode: true),
                new AvgPool2d(2, 1, countIncludePad: false, divisorOverride: 3),
                new LpPool2d(2.5, 2, 1),
                new AdaptiveMaxPool2d((3, 0)),
                new AdaptiveAvgPool2d(2),
                new Softmax(1),
                new LogSoftmax(),
                new Flatten(2),
                new Flatten(),
                new BatchNorm1d(32),
                new Linear(32, 5, bias: false)
            ),
            [4, 8, 8]
        );

    [Fact]
    public void Print_EveryOperationWithoutALayer_ReadsBackToTheSameGraph() =>
        GraphFacts.RequireRoundTrip(
            new Lambda(x =>
                (
                    (2.0 - ((((x + 1.5) * 0.1).Exp() - 3.0) / 7.0).Square())
                    / (1.0 / (x.Abs() + 1.0).Sqrt().Log().Power(3))
                )
                    .Maximum(x)
                    .Minimum(-x)
                    .Clamp(-2, 2)
                    .Clamp(high: 1)
                    .Permute(0, 2, 3, 1)
                    .Transpose(1, 2)
                    .Narrow(1, 1, 4)
                    .Pad(1, PaddingMode.Reflect)
                    .Unsqueeze(1)
                    .Squeeze(1)
                    .Reshape(x.Shape[0], -1)
                    .Unsqueeze(-1)
                    .Squeeze()
                    .Unsqueeze(2)
                    .MatMul(Ones(x))
                    .Max([1, 2])
                    .Unsqueeze(-1)
                    .Sum([-1], keepDims: true)
                    .Max([1])
            ),
            [3, 8, 8]
        );

    [Fact]
    public void Print_TensorMadeByTheNetwork_SaysThatTheTextHasLayersOnly()
    {
        Graph graph = Graph.Trace(new Lambda(x => x + Tensor.Ones([1])), [3]);

        Assert.Contains(
            "which the network makes for itself",
            Assert.Throws<NotSupportedException>(() => NetworkText.Print(graph)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Print_WeightsOfAnotherLayer_SaysWhichOnesTheyAre()
    {
        Graph graph = Graph.Trace(new Tied(), [3, 4, 4]);

        Assert.Contains(
            "'first.weight'",
            Assert.Throws<NotSupportedException>(() => NetworkText.Print(graph)).Message,
            StringComparison.Ordinal
        );
    }

    private static Tensor Ones(Tensor x) => x.Mean([1, 2, 3]).Unsqueeze(-1).Unsqueeze(-1);

    private sealed class Twice : Module
    {
        private readonly Conv2d _conv = new(4, 4, 3, padding: 1);

        public override Tensor Forward(Tensor x) => _conv.Forward(_conv.Forward(x).Relu()).Relu() + x;
    }

    private sealed class Tied : Module
    {
        private readonly Scale _first = new();
        private readonly Scale _second;

        public Tied() => _second = new Scale(_first);

        public override Tensor Forward(Tensor x) => _second.Forward(_first.Forward(x));
    }

    private sealed class Scale : Module
    {
        private readonly Parameter _weight;

        public Scale() => _weight = new Parameter([1], new Constant(1));

        public Scale(Scale other) => _weight = other._weight;

        public override Tensor Forward(Tensor x) => x * _weight;
    }
}
