namespace Fovea.Workbench.Tests.Questions;

/// <summary>Layers that are used several times: work counts at every use, parameters and layers once. All figures by
/// hand.</summary>
public sealed class SharedLayerTests
{
    private const int Side = 8;

    private static Sequential Repeated(Module layer, int uses) => new([.. Enumerable.Repeat(layer, uses)]);

    // a: 3 to 4 channels, 27 * 4 = 108 weights; c: 4 to 4, 144 weights, used twice; 64 positions each.
    private static Evidence Twice(int uses = 2)
    {
        Conv2d c = Networks.Filters(4, 4, 3, bias: false);
        return Networks.Of(
            new Sequential(
                ("a", Networks.Filters(3, 4, 3, bias: false)),
                ("relu", new ReLU()),
                ("c", c),
                (
                    "rest",
                    new Sequential([.. Enumerable.Range(1, uses - 1).SelectMany(_ => new Module[] { new ReLU(), c })])
                )
            ),
            3,
            Side,
            Side
        );
    }

    [Fact]
    public void LayerCost_LayerUsedTwice_HasTheWorkOfBothUses()
    {
        Answer answer = new LayerCost().Ask(Twice());
        Assert.Equal(100.0 * 288 / 396, answer.Number("largestWorkShare"), 9);
        Assert.Equal(100.0 * 144 / 252, answer.Number("largestParameterShare"), 9);
        Assert.Equal((252.0, 396.0 * 64), (answer.Number("parameters"), answer.Number("multiplyAdds")));
        Assert.Contains("c does 72.7 % of the work in 2 uses", answer.Finding, StringComparison.Ordinal);
        Assert.Contains("of 2 layers", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(["c", "a"], answer.Layers);
    }

    [Fact]
    public void LayerCost_MostOfTheWorkInOneLayer_IsOneLayer()
    {
        // 5 uses of 144 against 108: 87 % of the work.
        Answer answer = new LayerCost().Ask(Twice(uses: 5));
        Assert.Equal(1.0, answer.Number("layersOfMostWork"));
    }

    [Fact]
    public void Nodes_SecondUse_NamesTheFirst()
    {
        Evidence evidence = Twice();
        Assert.Equal(
            [("a", 108, null), ("relu", 0, null), ("c", 144, null), ("rest.0", 0, null), ("c#2", 0, "c")],
            evidence.Cost.Nodes.Select(n => (n.Node.Name, (int)n.Parameters, n.SharedWith?.Name))
        );
        Assert.Equal(evidence.Graph.Nodes[2], evidence.FirstUse(evidence.Graph.Nodes[4]));
        Assert.Equal(evidence.Graph.Nodes[0], evidence.FirstUse(evidence.Graph.Nodes[0]));
    }

    // Weights of one layer given to another: no common name, and still a further use.
    [Fact]
    public void Nodes_TiedWeights_NameTheFirst()
    {
        Conv2d first = Networks.Filters(4, 4, 3, bias: false);
        TransposedConvolution enlarge = new(2, padding: 1);
        Evidence evidence = Networks.Of(
            new Sequential(("down", first), ("up", new Lambda(x => enlarge.Apply(x, first.Weight)))),
            4,
            Side,
            Side
        );
        Assert.Equal("down", evidence.Cost.Nodes[1].SharedWith?.Name);
        Assert.Equal((144L, 0L), (evidence.Cost.Nodes[0].Parameters, evidence.Cost.Nodes[1].Parameters));
    }

    [Fact]
    public void StackedKernels_LayerUsedTwice_SavesParametersOnceAndWorkTwice()
    {
        Conv2d seven = Networks.Filters(16, 16, 7, bias: false);
        Answer answer = new StackedKernels().Ask(Networks.Of(new Sequential(seven, new ReLU(), seven), 16, Side, Side));
        Assert.Equal((49 - 27) * 256, answer.Number("parametersSaved"));
        Assert.Equal(2 * (49 - 27) * 256 * 64, answer.Number("multiplyAddsSaved"));
        Assert.Equal((1.0, 1.0), (answer.Number("largeKernels"), answer.Number("cheaperAsStack")));
    }

    /// <summary>What the question predicts is what the edit gives.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SeparableSaving_SharedLayer_IsWhatTheEditGives(bool readsInput)
    {
        Conv2d shared = Networks.Filters(8, 8, 3, bias: false);
        Module[] stem = readsInput ? [] : [Networks.Filters(8, 8, 1, bias: false), new ReLU()];
        Module[] last = [new ReLU(), Networks.Filters(8, 16, 3, bias: false)];
        Evidence evidence = Networks.Of(new Sequential([.. stem, shared, new ReLU(), shared, .. last]), 8, Side, Side);
        Answer answer = new SeparableSaving().Ask(evidence);
        EditResult edit = new DepthwiseEdit().Apply(evidence.Graph);
        CostSummary cost = CostSummary.Of(edit.Graph);
        Assert.Equal(
            (cost.Parameters, cost.MultiplyAdds),
            ((long)answer.Number("parameters"), (long)answer.Number("multiplyAdds"))
        );
        Assert.Equal(readsInput ? 1.0 : 2.0, answer.Number("denseConvolutions"));
        // A use that reads the network's input keeps the layer whole: else its weights would be there twice over.
        Assert.Equal(
            readsInput
                ?
                [
                    new("0", "reads the network's input"),
                    new("0#2", "shares its weights with 0: reads the network's input"),
                ]
                : Array.Empty<KeptLayer>(),
            edit.Kept
        );
    }

    // On one position only the centre of a 3x3 kernel meets the input, on 8x8 every tap does: used on both, none idles.
    [Fact]
    public void KernelBeyondMap_LayerUsedOnTwoSizes_IdlesWhereNoUseMeetsTheInput()
    {
        Conv2d shared = Networks.Filters(4, 4, 3);
        Answer both = new KernelBeyondMap().Ask(
            Networks.Of(new Sequential(shared, new GlobalAvgPool(), shared), 4, Side, Side)
        );
        Assert.Equal(0.0, both.Number("idleWeights"));
        Answer small = new KernelBeyondMap().Ask(
            Networks.Of(new Sequential(new GlobalAvgPool(), shared, new ReLU(), shared), 4, Side, Side)
        );
        Assert.Equal((8.0 * 16, 1.0), (small.Number("idleWeights"), small.Number("kernelsWithIdleTaps")));
    }

    // Behind the first use a normalization takes the bias away, behind the second nothing does.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void UselessParameters_SharedBias_IsUselessWhereEveryUseIs(bool normalizeBoth, int useless)
    {
        Conv2d shared = Networks.Filters(4, 4, 3);
        Module[] end = normalizeBoth ? [new BatchNorm2d(4)] : [];
        Evidence evidence = Networks.Of(
            new Sequential([shared, new BatchNorm2d(4), new ReLU(), shared, .. end]),
            4,
            Side,
            Side
        );
        Answer answer = new UselessParameters().Ask(evidence);
        Assert.Equal((useless, 4 * useless), (answer.Number("uselessBiases"), answer.Number("uselessBiasValues")));
        Assert.Equal(useless, new NormalizationUse().Ask(evidence).Number("uselessBiases"));
    }

    [Fact]
    public void NormalizationUse_SharedNormalization_IsOne()
    {
        BatchNorm2d norm = new(4);
        Sequential network = new(Networks.Filters(4, 4, 3), norm, new ReLU(), Networks.Filters(4, 4, 3), norm);
        Assert.Equal(
            1.0,
            new NormalizationUse().Ask(Networks.Of(network, 4, Side, Side)).Number("batchNormalizations")
        );
    }

    [Fact]
    public void InitialRule_LayerUsedTenTimes_IsOneLayerWhoseFactorAddsUp()
    {
        // PyTorch's default has 1/6 of the variance that ReLU asks for, at every use.
        Conv2d shared = new(8, 8, 3, padding: 1, bias: false);
        Answer answer = new InitialRule().Ask(
            Networks.Of(Repeated(new Sequential(shared, new ReLU()), 10), 8, Side, Side)
        );
        Assert.Equal((1.0, 1.0), (answer.Number("layersBeforeActivation"), answer.Number("unsuited")));
        Assert.Equal(Math.Pow(1.0 / 6.0, 10), answer.Number("product"), 1e-9);
        Assert.Equal(Verdict.Look, answer.Verdict);
    }

    [Fact]
    public void BrokenSymmetry_SharedZeros_AreOneLayer()
    {
        Conv2d shared = Networks.Filters(4, 4, 3, new Constant(0.1), bias: false);
        Answer answer = new BrokenSymmetry().Ask(
            Networks.Of(
                new Sequential(shared, new ReLU(), shared, new ReLU(), Networks.Filters(4, 2, 3)),
                4,
                Side,
                Side
            )
        );
        Assert.Equal((2.0, 1.0), (answer.Number("layers"), answer.Number("alike")));
    }

    [Fact]
    public void ChannelDepth_LayerUsedTwice_CountsOnce()
    {
        Conv2d shared = Networks.Filters(4, 4, 1, bias: false, groups: 4);
        Sequential network = new(
            Networks.Filters(1, 16, 1),
            new ReLU(),
            Networks.Filters(16, 4, 1),
            new ReLU(),
            shared,
            new ReLU(),
            shared
        );
        Answer answer = new ChannelDepth().Ask(Networks.Of(network, 1, Side, Side));
        Assert.Contains("1 of 3 layers", answer.Finding, StringComparison.Ordinal); // 16 channels from one tap
    }

    [Fact]
    public void Checkerboards_LayerUsedTwice_IsOneLayer()
    {
        ConvTranspose2d shared = new(4, 4, 3, 2, bias: false);
        Answer answer = new Checkerboards().Ask(Networks.Of(new Sequential(shared, new ReLU(), shared), 4, Side, Side));
        Assert.Equal(1.0, answer.Number("uneven"));
        Assert.Contains("1 of 1 enlarging layers", answer.Finding, StringComparison.Ordinal);
    }
}
