namespace Fovea.Workbench.Tests.Questions;

/// <summary>3.1, 3.10 and 3.11.</summary>
public sealed class StackTests
{
    [Fact]
    public void GradientScale_PyTorchsDefault_Vanishes()
    {
        Answer answer = new GradientScale().Ask(Networks.Of(Stack(20, 64, null), 64));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Contains("vanish", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(1.0 / 6.0, answer.Number("gradientPowerPerLayer"), 3);
    }

    [Fact]
    public void GradientScale_HesRule_KeepsOne()
    {
        Answer answer = new GradientScale().Ask(Networks.Of(Stack(30, 64, new KaimingNormal()), 64));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(1.0, answer.Number("gradientPowerPerLayer"), 3);
    }

    [Theory]
    [InlineData(20, Verdict.Ok)]
    [InlineData(34, Verdict.Look)]
    [InlineData(56, Verdict.Fix)]
    public void GradientScale_BatchNormWithoutSkips_Grows1467ALayer(int layers, Verdict verdict)
    {
        Answer answer = new GradientScale().Ask(Networks.Of(Stack(layers, 64, new KaimingNormal(), norm: true), 64));
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(Math.PI / (Math.PI - 1.0), answer.Number("gradientPowerPerLayer"), 2);
    }

    [Fact]
    public void GradientScale_LargerGain_Explodes()
    {
        Answer answer = new GradientScale().Ask(
            Networks.Of(Networks.Plain(30, 32, new Normal(0, 2 * Math.Sqrt(2.0 / 288))), 3, 16, 16)
        );
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Contains("explode", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void GradientScale_OperatorWithoutRule_IsNamed()
    {
        Sequential network = new(
            ("fc", new Linear(8, 8)),
            ("ratio", new Lambda(x => x / x.Exp())),
            ("last", new Linear(8, 4))
        );
        Answer answer = new GradientScale().Ask(Networks.Of(network, 8));
        Networks.AssertVerdict(Verdict.CannotTell, answer);
        Assert.Contains("Divide", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void SkipConnections_ResidualStack_HasBinomialLengths()
    {
        Sequential network = [];
        for (int i = 0; i < 6; i++)
        {
            network.Add(new Residual(new Linear(16, 16)));
        }

        Answer answer = new SkipConnections().Ask(Networks.Of(network, 16));
        Assert.Equal(
            (64, 0, 3, 6),
            (
                (int)answer.Number("paths"),
                (int)answer.Number("shortestPath"),
                (int)answer.Number("medianPath"),
                (int)answer.Number("longestPath")
            )
        );
        PathLengths paths = PathLengths.Of(Graph.Trace(network, Shape.Create([16]), training: true));
        Assert.Equal("1 6 15 20 15 6 1", string.Join(" ", paths.Output.Values));
    }

    [Theory]
    [InlineData("resnet20")]
    [InlineData("inception_time")]
    [InlineData("efficientnet_b0")]
    [InlineData("mobilenet_v2")]
    public void SkipConnections_Zoo_PathsAsByBruteForce(string model)
    {
        Graph graph = Networks.Zoo(model).Graph;
        Dictionary<int, long> counted = [];
        Walk(graph, graph.Output, 0, counted, new() { Left = 200_000 });
        PathLengths paths = PathLengths.Of(graph);
        string expected = string.Join(" ", counted.OrderBy(c => c.Key).Select(c => $"{c.Key}:{c.Value}"));
        Assert.Equal(expected, string.Join(" ", paths.Output.Select(c => $"{c.Key}:{c.Value}")));
    }

    [Fact]
    public void SkipConnections_SqueezeExcite_GateIsNoPath()
    {
        Sequential network = new(
            ("in", Networks.Filters(3, 8, 3)),
            ("gate", new SqueezeExcite(8, 2)),
            ("out", Networks.Filters(8, 8, 3))
        );
        Answer answer = new SkipConnections().Ask(Networks.Of(network, 3, 8, 8));
        Assert.Equal((1, 2), ((int)answer.Number("paths"), (int)answer.Number("longestPath")));
    }

    [Fact]
    public void SkipConnections_ResidualHeWithoutNormalization_DoublesABlock()
    {
        Answer shallow = new SkipConnections().Ask(Networks.Of(Residuals(4), 64)),
            deep = new SkipConnections().Ask(Networks.Of(Residuals(32), 64));
        Assert.InRange(shallow.Number("growthPerSum"), 1.95, 2.05);
        Networks.AssertVerdict(Verdict.Ok, shallow);
        Networks.AssertVerdict(Verdict.Fix, deep);
    }

    [Theory]
    [InlineData(18, Verdict.Ok)]
    [InlineData(34, Verdict.Look)]
    [InlineData(56, Verdict.Fix)]
    public void SkipConnections_PlainNetwork_VerdictByDepth(int layers, Verdict verdict) =>
        Networks.AssertVerdict(
            verdict,
            new SkipConnections().Ask(Networks.Of(Networks.Plain(layers - 1, 8, norm: true), 3, 8, 8))
        );

    [Fact]
    public void NormalizationUse_MapsOfOnePosition_AreNamed()
    {
        Sequential network = new(
            Networks.Filters(3, 8, 3),
            new GlobalAvgPool(),
            Networks.Filters(8, 8, 1, bias: false),
            new BatchNorm2d(8),
            new ReLU()
        );
        Answer answer = new NormalizationUse().Ask(Networks.Of(network, 3, 8, 8));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal((1, 16), ((int)answer.Number("fewestValues"), (int)answer.Number("smallestBatch")));
    }

    [Fact]
    public void NormalizationUse_DropoutBeforeIt_ShiftIsPredicted()
    {
        Sequential network = new(
            ("in", new Linear(64, 64, bias: false)),
            ("relu", new ReLU()),
            ("drop", new Dropout(0.5)),
            ("fc", Unbiased()),
            ("norm", new BatchNorm1d(64))
        );
        Answer answer = new NormalizationUse().Ask(Networks.Of(network, 64));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal("norm", answer.Layers[0]);
        // ReLU of a normal variable of variance q: mean square q/2, variance q/2 (1 - 1/pi); dropout with p = 1/2 adds
        // the mean square.
        double share = 1.0 / (1.0 - (1.0 / Math.PI));
        Assert.Equal(1.0 + share, answer.Number("largestVarianceShift"), 2);
    }

    [Fact]
    public void NormalizationUse_DropoutBehindIt_NothingToRemark() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            new NormalizationUse().Ask(
                Networks.Of(
                    new Sequential(Unbiased(), new BatchNorm1d(64), new ReLU(), new Dropout(0.5), new Linear(64, 10)),
                    64
                )
            )
        );

    [Theory]
    [InlineData(8, Verdict.NotApplicable)]
    [InlineData(24, Verdict.Look)]
    public void NormalizationUse_NoneAtAll_VerdictByDepth(int layers, Verdict verdict) =>
        Networks.AssertVerdict(
            verdict,
            new NormalizationUse().Ask(Networks.Of(Networks.Plain(layers, 8, new KaimingNormal()), 3, 8, 8))
        );

    private static Linear Unbiased(Initializer? rule = null)
    {
        Linear layer = new(64, 64, bias: false);
        layer.Weight.Initializer = rule ?? layer.Weight.Initializer;
        return layer;
    }

    private static Sequential Stack(int layers, int width, Initializer? rule, bool norm = false)
    {
        Sequential network = [];
        for (int i = 0; i < layers; i++)
        {
            network.Add(Unbiased(rule));
            if (norm)
            {
                network.Add(new BatchNorm1d(width));
            }

            network.Add(new ReLU());
        }

        return network;
    }

    private static Sequential Residuals(int blocks)
    {
        Sequential network = [];
        for (int i = 0; i < blocks; i++)
        {
            network.Add(new Residual(new Sequential(new ReLU(), Unbiased(new KaimingNormal()))));
        }

        return network;
    }

    private sealed class Budget
    {
        public int Left { get; set; }
    }

    /// <summary>Follows every path back to the input, one by one.</summary>
    private static void Walk(Graph graph, Value value, int length, Dictionary<int, long> counted, Budget budget)
    {
        Assert.True(budget.Left-- > 0 || value.Producer is not null, "more paths than can be walked one by one");
        if (value == graph.Input)
        {
            counted[length] = counted.GetValueOrDefault(length) + 1;
            return;
        }

        Node node = value.Producer!;
        foreach ((int index, Value from) in node.Activations)
        {
            bool isGate =
                node.Activations.Count() > 1
                && from.Shape.Single.Count < node.Output.Shape.Single.Count
                && node.Activations.Any(a => a.Index != index && a.Value.Shape == node.Output.Shape);
            if (!isGate)
            {
                Walk(graph, from, length + (node.Operator.Filters(node.Shapes) is null ? 0 : 1), counted, budget);
            }
        }
    }
}
