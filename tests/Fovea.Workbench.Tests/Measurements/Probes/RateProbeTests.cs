using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class RateProbeTests
{
    // Plain descent on s w² / 2 multiplies w by 1 - eta s a step.
    [Fact]
    public void Try_PlainDescentOnAQuadratic_EndsWhereTheFormulaSays()
    {
        Bowl bowl = new(1f);
        ProbeContext context = bowl.Context(new SGD(bowl, 0.05), 1.0);

        MeasuredProbe line = One(new RateProbe(), context);

        foreach (
            (string arm, double scale) in new[]
            {
                ("arm0.1", 0.1),
                ("arm0.33", 1.0 / 3.0),
                ("arm1", 1.0),
                ("arm3", 3.0),
                ("arm10", 10.0),
            }
        )
        {
            AssertNear(0.5 * Math.Pow(1.0 - (0.05 * scale), 40), line[arm], 1e-4);
        }

        Assert.Equal(0.0, line["error"], 1e-9); // all parts are alike
        Assert.True(double.IsNaN(line["best"]), $"{line["best"]}");
    }

    [Fact]
    public void Try_RateAtWhichNumbersOverflow_IsInfinite()
    {
        Bowl bowl = new(1f);

        MeasuredProbe line = One(new RateProbe(), bowl.Context(new SGD(bowl, 20.0), 1.0));

        Assert.Equal(double.PositiveInfinity, line["arm10"]);
        Assert.Equal(0.5, line["arm0.1"]); // w changes its sign and no more
    }

    [Fact]
    public void Try_MomentumWithHistory_StartsEachArmFromIt()
    {
        ProbeContext context = Training("sgd,momentum=0.9");
        MeasuredProbe first = One(new RateProbe(), context),
            second = One(new RateProbe(), context);

        Assert.Equal(first.Values, second.Values);
        Assert.True(first["error"] > 0, $"{first["error"]}");
    }

    [Fact]
    public void Best_OfLossesSoFar_IsTheLowestMeanOf20InARow()
    {
        // 30 of 5 with one dip to 0: any 20 with the dip have a mean of 4.75. Not a number is passed over.
        double[] losses = [.. Enumerable.Repeat(5.0, 30)];
        losses[25] = 0;
        losses[2] = double.NaN;
        Bowl bowl = new(1f);
        ProbeContext plain = bowl.Context(new SGD(bowl, 0.1), 1.0);
        ProbeContext context = new()
        {
            Model = bowl,
            Optimizer = plain.Optimizer,
            Loss = plain.Loss,
            Train = plain.Train,
            Coming = plain.Coming,
            Measured = Measured(losses),
        };

        AssertNear(4.75, One(new RateProbe(), context)["best"], 1e-12);
    }
}
