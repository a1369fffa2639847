namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.1, 1.2 and 1.3: what kernels cost, and would cost.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData("alexnet", 61_100_840, 714_188_480)]
    [InlineData("resnet18", 11_689_512, 1_814_073_344)]
    [InlineData("vgg16", 138_357_544, 15_470_264_320)]
    public void LayerCost_PublishedNetwork_PublishedCounts(string model, long parameters, long work)
    {
        Answer answer = new LayerCost().Ask(Networks.Zoo(model));
        Assert.Equal((parameters, work), ((long)answer.Number("parameters"), (long)answer.Number("multiplyAdds")));
    }

    [Fact]
    public void LayerCost_HeavyClassifierOnAMap_IsNamed()
    {
        Answer answer = new LayerCost().Ask(Networks.Zoo("vgg16"));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(["classifier.0"], answer.Layers);
        Assert.Equal(100.0 * ((25088 * 4096) + 4096) / 138_357_544, answer.Number("largestParameterShare"), 9);
    }

    [Fact]
    public void LayerCost_LinearLayersOnVectors_NothingToRemark() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            new LayerCost().Ask(
                Networks.Of(
                    new Sequential(new Flatten(), new Linear(784, 100), new ReLU(), new Linear(100, 10)),
                    1,
                    28,
                    28
                )
            )
        );

    [Fact]
    public void StackedKernels_SevenOnEqualChannels_SaveTwentyTwoFortyNinths()
    {
        Sequential network = new(
            Networks.Filters(3, 16, 3),
            new ReLU(),
            Networks.Filters(16, 16, 7, bias: false),
            new ReLU()
        );
        Answer answer = new StackedKernels().Ask(Networks.Of(network, 3, 20, 20));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal((49 - 27) * 16 * 16, answer.Number("parametersSaved"));
        Assert.Equal((49 - 27) * 16 * 16 * 400, answer.Number("multiplyAddsSaved"));
        Assert.Equal("fovea inspect net --replace 3x3", answer.Experiment);
    }

    [Fact]
    public void StackedKernels_StridedStem_IsCheaperAsItIs()
    {
        // 7x7 from 3 to 64, stride 2 on 224: two kernels of 3 at full size and one at half.
        Answer answer = new StackedKernels().Ask(Networks.Zoo("resnet18"));
        Networks.AssertVerdict(Verdict.Ok, answer);
        long weights = (9 * 3 * 64) + (2 * 9 * 64 * 64) - (49 * 3 * 64);
        long work =
            (9L * 3 * 64 * 224 * 224)
            + (9L * 64 * 64 * 224 * 224)
            + (9L * 64 * 64 * 112 * 112)
            - (49L * 3 * 64 * 112 * 112);
        Assert.Equal(
            (weights + (2 * 128), work),
            ((long)answer.Number("exampleParametersAdded"), (long)answer.Number("exampleMultiplyAddsAdded"))
        );
        Assert.Equal(0, answer.Number("cheaperAsStack"));
    }

    [Fact]
    public void StackedKernels_OnlyThrees_DoesNotApply() =>
        Networks.AssertVerdict(
            Verdict.NotApplicable,
            new StackedKernels().Ask(Networks.Of(Networks.Plain(2, 8), 3, 8, 8))
        );

    [Fact]
    public void StackedKernels_EvenKernel_IsNotCompared()
    {
        Answer answer = new StackedKernels().Ask(Networks.Of(new Sequential(new Conv2d(3, 8, 4)), 3, 8, 8));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Empty(answer.Predicted);
    }

    [Fact]
    public void SeparableSaving_DenseMobileNet_IsThePublishedSeparableOne()
    {
        Answer answer = new SeparableSaving().Ask(Networks.Zoo("mobilenet_v1(variant=dense)"));
        CostSummary separable = Networks.Zoo("mobilenet_v1").Cost;
        Assert.Equal(
            (568_740_352, 4_231_976),
            ((long)answer.Number("multiplyAdds"), (long)answer.Number("parameters"))
        );
        Assert.Equal((568_740_352, 4_231_976), (separable.MultiplyAdds, separable.Parameters));
    }

    [Fact]
    public void SeparableSaving_OneLayer_HowardsRatio()
    {
        Sequential network = new(
            Networks.Filters(3, 24, 1, bias: false),
            new ReLU(),
            Networks.Filters(24, 48, 5, bias: false)
        );
        Answer answer = new SeparableSaving().Ask(Networks.Of(network, 3, 9, 9));
        Assert.Equal((1.0 / 48) + (1.0 / 25), answer.Number("bestLayerRatio"), 12);
        Assert.Equal((81 * 3 * 24) + (81 * 24 * (25 + 48)), answer.Number("multiplyAdds"));
    }

    [Fact]
    public void SeparableSaving_SeparableNetwork_DoesNotApply() =>
        Networks.AssertVerdict(Verdict.NotApplicable, new SeparableSaving().Ask(Networks.Zoo("mobilenet_v2")));
}
