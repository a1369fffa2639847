namespace Fovea.Tests;

/// <summary>A compiled network takes the inputs that the module takes: batches without items, and items without the
/// batch axis where the layers do.</summary>
public sealed class CompiledInputTests
{
    public static TheoryData<string> Names => [.. Networks.Keys];

    private static Dictionary<string, (Func<Module> Create, Shape Item)> Networks =>
        new()
        {
            ["convolutions"] = (
                () =>
                    new Sequential(
                        new Conv2d(3, 16, 3, padding: 1),
                        new ReLU(),
                        new MaxPool2d(2),
                        new Conv2d(16, 5, 3),
                        new Sigmoid()
                    ),
                [3, 8, 10]
            ),
            ["classifier"] = (
                () =>
                    new Sequential(
                        new Conv2d(3, 16, 3, stride: 2),
                        new BatchNorm2d(16),
                        new ReLU(),
                        new GlobalAvgPool(flatten: true),
                        new Linear(16, 7)
                    ),
                [3, 9, 9]
            ),
            ["series"] = (() => new Sequential(new Conv1d(2, 4, 3), new Tanh(), new AvgPool1d(2)), [2, 12]),
            ["volume"] = (() => new Sequential(new Conv3d(1, 2, 2), new ReLU()), [1, 3, 4, 5]),
            ["linear"] = (() => new Sequential(new Linear(6, 4), new ReLU(), new Linear(4, 3)), [6]),
            ["transposed"] = (() => new Sequential(new ConvTranspose2d(2, 3, 3, stride: 2), new ReLU()), [2, 4, 5]),
            ["softmax of axis 1"] = (() => new Sequential(new Conv2d(2, 4, 1), new Softmax(1)), [2, 5, 6]),
            ["reading the rank"] = (() => new AnyRank(), [2, 5, 6]),
            ["residual"] = (() => new Residual(), [4, 5, 5]),
            ["upsampling"] = (() => new Sequential(new Upsample(2), new Conv2d(2, 3, 3)), [2, 4, 4]),
            ["flattening"] = (() => new Sequential(new Flatten(), new Linear(12, 3)), [3, 2, 2]),
            ["nothing"] = (() => new Sequential(), [3, 2]),
        };

    [Theory, MemberData(nameof(Names))]
    public void Run_EmptyBatch_GivesTheShapeOfTheModule(string name)
    {
        (Func<Module> create, Shape item) = Networks[name];
        Module module = create().Eval();
        Tensor x = Tensor.Zeros([0, .. item.Sizes]);
        Assert.Equal(NoGrad.Run(() => module.Forward(x)).Shape, module.Compile(item).Run(x).Shape);
    }

    [Theory, MemberData(nameof(Names))]
    public void Run_ItemWithoutBatch_GivesWhatTheModuleGivesOrSaysWhatIsMissing(string name)
    {
        (Func<Module> create, Shape item) = Networks[name];
        Module module = create().Initialize(3).Eval();
        CompiledNetwork network = module.Compile(item);
        Tensor x = Tensor.Normal(item, rng: new Rng(4));
        Tensor? eager = null;
        try
        {
            eager = NoGrad.Run(() => module.Forward(x));
        }
        catch (ShapeException) { }

        if (eager is null)
        {
            string message = Assert.Throws<ShapeException>(() => network.Run(x)).Message;
            Assert.Contains($"got {item}, which has no batch axis", message, StringComparison.Ordinal);
            Assert.Contains("Write x.Unsqueeze(0)", message, StringComparison.Ordinal);
            Assert.Equal(1, network.Run(x.Unsqueeze(0)).Shape[0]);
            return;
        }

        Tensor y = network.Run(x);
        Assert.Equal(eager.Shape, y.Shape);
        Assert.Equal(eager.ToArray(), y.ToArray());
        Assert.False(y.RequiresGrad);
    }

    [Fact]
    public void Run_ItemAfterWeightsChanged_IsRefused()
    {
        Conv2d layer = new(2, 3, 1);
        CompiledNetwork network = new Sequential(layer, new ReLU()).Eval().Compile([2, 4, 4]).Prepare();
        layer.Weight.Fill(1.0);
        Assert.Contains(
            "an item without the batch axis is run with the module's own weights, and 0.weight [3, 2, 1, 1] was written",
            Assert.Throws<InvalidOperationException>(() => network.Run(Tensor.Zeros([2, 4, 4]))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal<Shape>([1, 3, 4, 4], network.Run(Tensor.Zeros([1, 2, 4, 4])).Shape); // packed as they were
    }

    [Fact]
    public void Run_ItemAfterWeightsWereGivenUp_SaysHowToRunIt()
    {
        CompiledNetwork network = new Conv2d(2, 3, 1).Eval().Compile([2, 4, 4]).Prepare(release: true);
        Assert.Contains(
            "or given up, after the network was compiled. Write x.Unsqueeze(0)",
            Assert.Throws<InvalidOperationException>(() => network.Run(Tensor.Zeros([2, 4, 4]))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal<Shape>([1, 3, 4, 4], network.Run(Tensor.Zeros([2, 4, 4]).Unsqueeze(0)).Shape);
    }

    [Fact]
    public void Run_OtherShape_SaysTheShapeOfBatches()
    {
        CompiledNetwork network = new Conv2d(2, 3, 1).Eval().Compile([2, 4, 4]);
        Assert.Equal(
            "Conv2d: compiled for batches [N, 2, 4, 4], got [5, 2, 6, 6]. Compile it for that shape.",
            Assert.Throws<ShapeException>(() => network.Run(Tensor.Zeros([5, 2, 6, 6]))).Message
        );
        Assert.Equal(
            "Conv2d: compiled for batches [N, 2, 4, 4], got [4, 4]. Compile it for that shape.",
            Assert.Throws<ShapeException>(() => network.Run(Tensor.Zeros([4, 4]))).Message
        );
    }

    [Fact]
    public void Profile_EmptyBatch_AsksForAnItem() =>
        Assert.Equal(
            "Conv2d: a profile needs an item or more, got [0, 2, 4, 4].",
            Assert
                .Throws<ShapeException>(() =>
                    new Conv2d(2, 3, 1).Eval().Compile([2, 4, 4]).Profile(Tensor.Zeros([0, 2, 4, 4]))
                )
                .Message
        );

    private sealed class AnyRank : Module
    {
        private readonly Conv2d _conv = new(2, 3, 3);
        private readonly BatchNorm2d _norm = new(3);

        public override Tensor Forward(Tensor x) =>
            x.Rank == 3 ? _norm.Forward(_conv.Forward(x.Unsqueeze(0))).Squeeze(0) : _norm.Forward(_conv.Forward(x));
    }

    private sealed class Residual : Module
    {
        private readonly Conv2d _conv = new(4, 4, 3, padding: 1);

        public override Tensor Forward(Tensor x) => (x + _conv.Forward(x)).Relu();
    }
}
