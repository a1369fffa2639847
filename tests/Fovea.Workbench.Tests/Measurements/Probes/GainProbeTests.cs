using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class GainProbeTests
{
    // On a quadratic of curvature s plain descent gives 1 - eta s / 2 exactly.
    [Theory]
    [InlineData(3.0, 1e-6)]
    [InlineData(3.0, 1e-5)]
    [InlineData(3.0, 0.1)]
    [InlineData(3.0, 2.0 / 3.0)]
    [InlineData(3.0, 0.9)]
    [InlineData(0.0, 0.5)]
    public void Try_PlainDescentOnAQuadratic_IsOneLessHalfTheRateTimesTheCurvature(double curvature, double rate)
    {
        Bowl bowl = new(2f);
        ProbeContext context = bowl.Context(new SGD(bowl, rate), curvature);

        MeasuredProbe line = One(new GainProbe(), context);

        double gradient = curvature * 2.0;
        if (curvature == 0)
        {
            Assert.True(double.IsNaN(line["rho"]), $"{line["rho"]}");
            return;
        }

        // The update is what single precision makes of it.
        AssertNear(1.0 - (rate * curvature / 2.0), line["rho"], rate < 1e-3 ? 2e-3 : 1e-5);
        // An update of 6e-6 is rounded to steps of 1.2e-7.
        AssertNear(
            -rate * gradient * gradient,
            line["gu"],
            rate < 1e-5 ? 2e-2
                : rate < 1e-3 ? 2e-3
                : 1e-5
        );
        AssertNear(curvature * 2.0, line["loss"], 1e-12);
    }

    [Fact]
    public void Try_MomentumThatCarriesUphill_HasAProductAboveZero()
    {
        // v = 0.9 v + g, w -= 0.1 v: from w = 1 with s = 1 and a buffer of -5 the update is -0.1 (0.9 -5 + 1) = 0.35.
        Bowl bowl = new(1f);
        SGD optimizer = new(bowl, 0.1, momentum: 0.9);
        bowl.Parameters();
        optimizer.LoadStateDict(
            new Dictionary<string, Tensor>
            {
                ["steps"] = Tensor.Scalar(1, DType.Int64),
                ["w/steps"] = Tensor.Scalar(1, DType.Int64),
                ["w/momentum"] = Tensor.From([-5f], [1]),
            }
        );

        MeasuredProbe line = One(new GainProbe(), bowl.Context(optimizer, 1.0));

        AssertNear(0.35, line["gu"], 1e-6);
        AssertNear((0.5 - (0.5 * 1.35 * 1.35)) / -0.35, line["rho"], 1e-5);
    }

    [Fact]
    public void Try_UnitsDropped_DropsTheSameInBoth()
    {
        // With other masks before and after, a rate of almost nothing would not give almost 1.
        ProbeContext context = Training("sgd");
        context.Optimizer!.LearningRate = 1e-4;

        MeasuredProbe line = One(new GainProbe(), context);

        Assert.InRange(line["rho"], 0.98, 1.02);
    }

    // In single precision the loss of 64 items is known to some 1e-7 of it, a hundred times what this update promises.
    [Fact]
    public void Try_UpdateTooSmallToBeSeen_IsSeenEnlarged()
    {
        ProbeContext context = Training("sgd");
        context.Optimizer!.LearningRate = 1e-8;

        MeasuredProbe line = One(new GainProbe(), context);

        Assert.True(-line["gu"] < 1e-7 * line["loss"], $"g.u {line["gu"]}, loss {line["loss"]}");
        Assert.True(line["rho"] is > 0.95 and < 1.05, $"rho {line["rho"]}, g.u {line["gu"]}, loss {line["loss"]}");
    }

    [Fact]
    public void Try_NoBatch_HasNothingToSay()
    {
        Bowl bowl = new(1f);
        ProbeContext context = new()
        {
            Model = bowl,
            Optimizer = new SGD(bowl, 0.1),
            Loss = (o, _) => o[0].Mean(),
        };

        Assert.Empty(ProbeRunner.Run(new GainProbe(), context));
    }
}
