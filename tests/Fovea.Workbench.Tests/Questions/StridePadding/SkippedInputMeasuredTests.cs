namespace Fovea.Workbench.Tests;

/// <summary>2.13, of a network in training. Positions are counted by hand.</summary>
public sealed class SkippedInputMeasuredTests
{
    [Theory]
    [InlineData(1, 9, Verdict.Fix, 98.7654)] // 80 of 81
    [InlineData(1, 2, Verdict.Ok, 75.0)]
    [InlineData(7, 2, Verdict.Ok, 0.0)]
    public void Ask_FirstLayerStepsOverInput_IsFixFromThreeQuartersOn(
        int kernel,
        int stride,
        Verdict verdict,
        double lost
    )
    {
        Answer answer = Ask(new Conv2d(1, 4, kernel, stride));
        Assert.True(verdict == answer.Verdict, $"{answer.Verdict} {answer.Finding}");
        Assert.Equal(lost, answer.Measured.First(q => q.Name == "lost").Value, 2);
        Assert.Equal(verdict == Verdict.Fix ? Cause.ReceptiveField : "", answer.Cause);
    }

    [Theory]
    [InlineData(4, Verdict.Fix)] // 1 / 16
    [InlineData(2, Verdict.Ok)] // 1 / 4
    public void Ask_PooledBeforeTheFirstFilters_IsFixFromASixteenthOn(int window, Verdict verdict)
    {
        Answer answer = Ask(new AvgPool2d(window), new Conv2d(1, 4, 3));
        Assert.True(verdict == answer.Verdict, $"{answer.Verdict} {answer.Finding}");
        Assert.Equal(100.0 / window / window, answer.Measured.First(q => q.Name == "kept").Value, 2);
    }

    private static Answer Ask(params Module[] layers)
    {
        Evidence structure = Networks.Of([1, 36, 36], layers);
        return new SkippedInputMeasured().Ask(
            new Evidence(structure.Graph)
            {
                Measured = new Measurements
                {
                    Run = new MeasuredRun { Model = "net", Optimizer = "sgd" },
                },
            }
        );
    }
}
