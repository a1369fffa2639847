namespace Fovea.Workbench.Tests;

/// <summary>Labels against those of the nearest items: of pictures of shapes anywhere, the nearest says little of the
/// class.</summary>
public sealed class NearestLabelTests
{
    // Own: what was measured of two sets of generated shapes, whose labels are right.
    [Theory]
    [InlineData(0.224, 0.332, Verdict.Look)]
    [InlineData(0.42, 0.76, Verdict.Fix)]
    [InlineData(0.10, 0.332, Verdict.Fix)]
    public void Of_LabelsThatAgreeLessThanThoseOfTheTestPart_AreToFixWhereTheNearestTells(
        double own,
        double test,
        Verdict expected
    )
    {
        DataReport data = new()
        {
            TrainPerClass = [.. Enumerable.Repeat(200, 10)],
            AgreementItems = 500,
            LabelAgreement = own,
            TestLabelAgreement = test,
        };

        Finding? found = DataFindings
            .Of(Run(), data)
            .FirstOrDefault(f => f.Cause is Cause.LabelNoise or Cause.ShuffledLabels);

        Assert.NotNull(found);
        Assert.Equal(expected, found.Verdict);
    }

    private static Measurements Run() =>
        new()
        {
            Run = new MeasuredRun
            {
                Model = "net",
                Optimizer = "sgd",
                Classes = [.. Enumerable.Range(0, 10).Select(k => $"{k}")],
            },
        };
}
