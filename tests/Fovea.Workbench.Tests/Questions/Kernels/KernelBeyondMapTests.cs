namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.4.</summary>
public sealed class KernelBeyondMapTests
{
    [Fact]
    public void Ask_ThreeOnASinglePosition_EightNinthsAreIdle()
    {
        Answer answer = Ask(3, 1);
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal(8 * 3 * 4, answer.Number("idleWeights"), 9);
        Assert.Equal(100.0 * 8 / 9, answer.Number("largestPaddingShare"), 9);
    }

    [Fact]
    public void Ask_ThreeOnTwoPositions_IsMostlyPadding()
    {
        Answer answer = Ask(3, 2);
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(100.0 * 5 / 9, answer.Number("largestPaddingShare"), 9); // 4 of 6 reads an axis are input
    }

    [Theory]
    [InlineData(3, 7, 0.819)]
    [InlineData(3, 4, 0.694)]
    [InlineData(7, 7, 0.570)]
    [InlineData(5, 7, 0.687)]
    public void Ask_SamePadding_CoverageOfTheFormula(int kernel, int size, double covered)
    {
        Answer answer = Ask(kernel, size);
        int padding = (kernel - 1) / 2;
        double formula = Math.Pow(((kernel * size) - (padding * (padding + 1.0))) / (kernel * size), 2);
        Assert.Equal(covered, formula, 3);
        Assert.Equal(100.0 * (1.0 - formula), answer.Number("largestPaddingShare"), 9);
        Networks.AssertVerdict(Verdict.Ok, answer);
    }

    [Fact]
    public void Ask_WholeMapAtOnce_SaysSo()
    {
        Answer answer = new KernelBeyondMap().Ask(Networks.Of(new Sequential(("whole", new Conv2d(3, 4, 5))), 3, 5, 5));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Contains("whole", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_ResNetOnSmallImages_LastStageIsIdle()
    {
        (Module module, Shape item) = Fovea.Models.ModelRegistry.Create("resnet18", Shape.Create([3, 32, 32]));
        Answer answer = new KernelBeyondMap().Ask(new Evidence(Graph.Trace(module, item, training: true), "resnet18"));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Contains("layer4.1.conv1", answer.Layers);
        Assert.Equal("fovea inspect resnet18 --input 3x1..64", answer.Experiment);
    }

    // A dilation of 9 on 8 positions: of three taps the middle one alone meets the map.
    [Theory]
    [InlineData(8, 9, Verdict.Fix)]
    [InlineData(8, 7, Verdict.Ok)]
    [InlineData(1, 1, Verdict.Ok)] // on one position that is how small pictures end
    public void AskMeasured_Dilation_IsFixWhereOneTapMeetsTheMap(int size, int dilation, Verdict verdict)
    {
        Sequential network = new(("conv", new Conv2d(3, 4, 3, padding: dilation, dilation: dilation)));
        Evidence evidence = new(Graph.Trace(network, [3, size, size], training: true), "net")
        {
            Measured = new Measurements
            {
                Run = new MeasuredRun { Model = "net", Optimizer = "sgd" },
            },
        };

        Answer answer = new KernelBeyondMapMeasured().Ask(evidence);

        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Fix ? Cause.ReceptiveField : "", answer.Cause);
    }

    private static Answer Ask(int kernel, int size) =>
        new KernelBeyondMap().Ask(Networks.Of(new Sequential(Networks.Filters(3, 4, kernel)), 3, size, size));
}
