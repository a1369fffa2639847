using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class OneBatchProbeTests
{
    [Fact]
    public void Try_NetworkThatLearns_SaysSo()
    {
        MeasuredProbe line = One(new OneBatchProbe { Time = new Still() }, Training());

        Assert.Equal((12.0, 12.0, 1.0, 1.0), (line["items"], line["right"], line["learned"], line["inTime"]));
        Assert.True(line["lowest"] <= line["first"] && line["updates"] <= 120);
    }

    [Fact]
    public void Try_FrozenNetworkOnItsOwnLoss_DoesNot()
    {
        Bowl bowl = new(1f);
        SGD optimizer = new(bowl, 1e-6);

        MeasuredProbe line = One(new OneBatchProbe { Time = new Still() }, bowl.Context(optimizer, 1.0));

        Assert.Equal((0.0, 1.0, 120.0), (line["learned"], line["inTime"], line["updates"]));
        AssertNear(0.5, line["first"], 1e-6);
        Assert.True(double.IsNaN(line["right"]), $"{line["right"]}");
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void Try_QuadraticWithPlainDescent_NeedsTheUpdatesOfTheFormula()
    {
        // w falls by 1 - eta k / 10 in update k of the first ten; learned once w² is below 0.9: with eta = 0.1 after
        // 0.99 0.98 0.97 = 0.941 (squared 0.886) three updates.
        Bowl bowl = new(1f);

        MeasuredProbe line = One(new OneBatchProbe { Time = new Still() }, bowl.Context(new SGD(bowl, 0.1), 1.0));

        Assert.Equal((1.0, 3.0), (line["learned"], line["updates"]));
    }

    private sealed class Still : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
