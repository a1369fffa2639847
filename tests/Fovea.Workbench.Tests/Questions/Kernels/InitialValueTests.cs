namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.6 to 1.9: what the first weights lead to.</summary>
public sealed class InitialValueTests
{
    [Fact]
    public void InitialRule_HeBeforeRelu_Fits()
    {
        Answer answer = new InitialRule().Ask(Networks.Of(Networks.Plain(6, 32, new KaimingNormal()), 3, 16, 16));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Contains("He's rule by fan in", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(1.0, answer.Number("product"), 3);
    }

    [Fact]
    public void InitialRule_PyTorchsDefaultBeforeRelu_IsNamedWithASixth()
    {
        Answer answer = new InitialRule().Ask(Networks.Of(Networks.Plain(6, 32), 3, 16, 16));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Contains("PyTorch's layer default before ReLU", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(1.0 / 6.0, answer.Number("smallestFactor"), 4);
        Assert.Equal(6, answer.Number("unsuited"));
    }

    [Fact]
    public void InitialRule_GlorotBeforeRelu_HalvesAndIsLeft()
    {
        Answer answer = new InitialRule().Ask(Networks.Of(Dense(6, 64, new XavierNormal()), 64));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(0.5, answer.Number("largestFactor"), 3);
    }

    [Fact]
    public void InitialRule_PyTorchsDefaultWithNormalization_ScaleHasNoEffect()
    {
        Answer answer = new InitialRule().Ask(Networks.Of(Networks.Plain(6, 32, norm: true), 3, 16, 16));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal((6, 0), ((int)answer.Number("normalized"), (int)answer.Number("unsuited")));
    }

    [Fact]
    public void InitialRule_LecunBeforeSigmoid_Fits()
    {
        Sequential network = new(
            new Flatten(),
            Dense(64, new LecunNormal()),
            new Sigmoid(),
            Dense(64, new LecunNormal()),
            new Sigmoid(),
            Dense(64, new LecunNormal()),
            new Sigmoid()
        );
        Answer answer = new InitialRule().Ask(Networks.Of(network, 1, 8, 8));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(1.0, answer.Number("product"), 9);
    }

    [Fact]
    public void BrokenSymmetry_ConstantHiddenLayers_NeverComeApart()
    {
        Answer answer = new BrokenSymmetry().Ask(
            Networks.Of(Networks.Plain(3, 8, new Constant(0.01), bias: false), 3, 8, 8)
        );
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal((3, 2), ((int)answer.Number("alike"), (int)answer.Number("alikeForEver"))); // the third has the random classifier behind it
    }

    [Fact]
    public void BrokenSymmetry_OneConstantLayer_IsToLookAt()
    {
        Sequential network = new(
            ("one", Networks.Filters(3, 8, 3, new Constant(0.01), bias: false)),
            ("relu", new ReLU()),
            ("two", Networks.Filters(8, 8, 3))
        );
        Answer answer = new BrokenSymmetry().Ask(Networks.Of(network, 3, 8, 8));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(["one"], answer.Layers);
    }

    [Fact]
    public void BrokenSymmetry_RuleThatRepeatsItself_IsFound()
    {
        Sequential network = new(
            ("one", Networks.Filters(3, 8, 3, new Repeating(), bias: false)),
            ("relu", new ReLU()),
            ("two", Networks.Filters(8, 8, 3))
        );
        Assert.Equal(["one"], new BrokenSymmetry().Ask(Networks.Of(network, 3, 8, 8)).Layers);
    }

    [Fact]
    public void BrokenSymmetry_ZerosThatEndABranchOrTheNetwork_AreUsual()
    {
        Sequential body = new(
            Networks.Filters(8, 8, 3),
            new ReLU(),
            Networks.Filters(8, 8, 3, new Constant(0), bias: false)
        );
        Linear last = new(8, 10);
        last.Weight.Initializer = new Constant(0);
        Sequential network = new(
            Networks.Filters(3, 8, 3),
            new ReLU(),
            new Residual(body),
            new ReLU(),
            new GlobalAvgPool(flatten: true),
            last
        );
        Networks.AssertVerdict(Verdict.Ok, new BrokenSymmetry().Ask(Networks.Of(network, 3, 8, 8)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BrokenSymmetry_DepthwiseBoxOrDrawnFilters_AreBroken(bool depthwise)
    {
        Sequential network = new(
            Networks.Filters(3, 8, 3),
            new ReLU(),
            depthwise
                ? Networks.Filters(8, 8, 3, new Constant(0.1), groups: 8)
                : Networks.Filters(8, 8, 3, new Orthogonal()),
            new ReLU(),
            Networks.Filters(8, 8, 1)
        );
        Networks.AssertVerdict(Verdict.Ok, new BrokenSymmetry().Ask(Networks.Of(network, 3, 8, 8)));
    }

    [Fact]
    public void InitialVariance_PyTorchsDefault_LosesASixthALayer()
    {
        Answer answer = new InitialVariance().Ask(Networks.Of(Dense(20, 64), 64));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Answer shorter = new InitialVariance().Ask(Networks.Of(Dense(19, 64), 64));
        // What differs between items: 1/3 a layer, and of that (pi - 1) / (2 pi) through a ReLU of equal channel means,
        // 1/2 where the mean counts in.
        Assert.InRange(answer.Number("lastVariance") / shorter.Number("lastVariance"), 0.11, 1.0 / 6.0 + 0.001);
    }

    [Fact]
    public void InitialVariance_HesRule_StaysAndXaviersHalves()
    {
        Networks.AssertVerdict(
            Verdict.Ok,
            new InitialVariance().Ask(Networks.Of(Dense(30, 64, new KaimingNormal()), 64))
        );
        Networks.AssertVerdict(
            Verdict.Ok,
            new InitialVariance().Ask(Networks.Of(Dense(8, 64, new XavierNormal()), 64))
        );
        Networks.AssertVerdict(
            Verdict.Look,
            new InitialVariance().Ask(Networks.Of(Dense(18, 64, new XavierNormal()), 64))
        );
        Networks.AssertVerdict(
            Verdict.Fix,
            new InitialVariance().Ask(Networks.Of(Dense(30, 64, new XavierNormal()), 64))
        );
    }

    [Fact]
    public void InitialVariance_LargeRandomWeights_Grow()
    {
        Answer answer = new InitialVariance().Ask(Networks.Of(Networks.Plain(12, 32, new Normal(0, 0.5)), 3, 16, 16));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Contains("grows", answer.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 0.25, 2.4150)]
    [InlineData(10, 1.0, 2.7269)]
    [InlineData(100, 1.0, 5.0992)]
    public void InitialLoss_ScoresOfKnownVariance_WithinHalfAPercentOfMonteCarlo(
        int classes,
        double variance,
        double measured
    )
    {
        Linear layer = new(64, classes, bias: false);
        layer.Weight.Initializer = new Normal(0, Math.Sqrt(variance / 64));
        Answer answer = new InitialLoss().Ask(Networks.Of(layer, 64));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(variance, answer.Number("logitVariance"), 9);
        Assert.InRange(answer.Number("initialLoss"), measured * 0.995, measured * 1.005);
    }

    [Fact]
    public void InitialLoss_ZeroScores_IsLnTen()
    {
        Linear layer = new(64, 10, bias: false);
        layer.Weight.Initializer = new Constant(0);
        Assert.Equal(2.302585, new InitialLoss().Ask(Networks.Of(layer, 64)).Number("initialLoss"), 6);
    }

    [Fact]
    public void InitialLoss_LargeScores_IsToLookAt()
    {
        Linear layer = new(64, 10, bias: false);
        layer.Weight.Initializer = new Normal(0, 1);
        Answer answer = new InitialLoss().Ask(Networks.Of(layer, 64));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(Math.Log(10) + 32, answer.Number("initialLossAtMost"), 6);
    }

    [Fact]
    public void InitialLoss_SoftmaxAtTheEnd_NamesTheOperatorWithoutRule()
    {
        Answer answer = new InitialLoss().Ask(
            Networks.Of(new Sequential(("fc", new Linear(64, 10)), ("probabilities", new Softmax())), 64)
        );
        Networks.AssertVerdict(Verdict.CannotTell, answer);
        Assert.Contains("Softmax at probabilities", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void InitialLoss_AMap_DoesNotApply() =>
        Networks.AssertVerdict(
            Verdict.NotApplicable,
            new InitialLoss().Ask(Networks.Of(Networks.Filters(3, 4, 3), 3, 8, 8))
        );

    private static Linear Dense(int width, Initializer rule)
    {
        Linear layer = new(width, width, bias: false);
        layer.Weight.Initializer = rule;
        return layer;
    }

    private static Sequential Dense(int layers, int width, Initializer? rule = null)
    {
        Sequential network = [];
        for (int i = 0; i < layers; i++)
        {
            network.Add(Dense(width, rule ?? new LayerDefault()));
            network.Add(new ReLU());
        }

        return network;
    }

    /// <summary>The same values in every filter, though not all equal.</summary>
    private sealed class Repeating : Initializer
    {
        public override void Fill(Tensor tensor, Rng rng)
        {
            long filter = tensor.Count / tensor.Shape[0];
            long next = 0;
            Fill(tensor, () => (next++ % filter) - 4.0);
        }

        public override string ToString() => "repeating";
    }
}
