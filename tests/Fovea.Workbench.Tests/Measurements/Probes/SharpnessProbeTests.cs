using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class SharpnessProbeTests
{
    // w = (1, 1), curvatures 1 and 4: g = (1, 4), g'Hg / |g|² = (1 + 64) / 17.
    [Fact]
    public void Try_Quadratic_IsTheCurvatureAlongTheGradient()
    {
        Bowl bowl = new(1f, 1f);

        MeasuredProbe line = One(new SharpnessProbe(), bowl.Context(new SGD(bowl, 0.25), 1.0, 4.0));

        AssertNear(65.0 / 17.0, line["s"], 1e-6);
        Assert.Equal(8.0, line["limit"]);
        Assert.Equal(0.25, line["rate"]);
        Assert.Equal(1.0, line["exact"]);
    }

    [Fact]
    public void Try_OperatorWithoutAGradientOfItsGradient_TakesADifference()
    {
        // f = (w² )² / 2 summed: curvature 6 w², at w = 2 that is 24; the difference is off by a thousandth.
        Bowl bowl = new(2f);
        ProbeContext context = new()
        {
            Model = bowl,
            Optimizer = new SGD(bowl, 0.1),
            Loss = (outputs, _) => new OwnSquare(1.0, isOpaque: true).Apply(outputs[0]).Square().Mean() * 0.5,
            Current = bowl.Items(2),
        };

        MeasuredProbe line = One(new SharpnessProbe(), context);

        Assert.Equal(0.0, line["exact"]);
        AssertNear(24.0, line["s"], 3e-3);
    }

    [Fact]
    public void Try_AdamWithHistory_IsInItsOwnMetric()
    {
        // sqrt(mean square) = 2 everywhere, so d = g / 2: d'Hd / d'g = (65 / 4) / (17 / 2).
        Bowl bowl = new(1f, 1f);
        Adam optimizer = new(bowl, 1e-3);
        bowl.Parameters();
        optimizer.LoadStateDict(
            new Dictionary<string, Tensor>
            {
                ["steps"] = Tensor.Scalar(1e6, DType.Int64),
                ["w/steps"] = Tensor.Scalar(1e6, DType.Int64),
                ["w/mean"] = Tensor.Zeros([2]),
                ["w/square"] = Tensor.Full([2], 4.0),
            }
        );

        MeasuredProbe line = One(new SharpnessProbe(), bowl.Context(optimizer, 1.0, 4.0));

        AssertNear(65.0 / 34.0, line["s"], 1e-5);
        AssertNear(38.0 / 1e-3, line["limit"], 1e-12); // Cohen and others 2022: 38 / eta for beta1 = 0.9
    }

    [Fact]
    public void Try_AdamBeforeItsFirstUpdate_TakesTheGradientsOwnSquare()
    {
        // d = sign(g): d'Hd / d'g = (1 + 4) / (1 + 4).
        Bowl bowl = new(1f, 1f);

        MeasuredProbe line = One(new SharpnessProbe(), bowl.Context(new Adam(bowl, 1e-3), 1.0, 4.0));

        AssertNear(1.0, line["s"], 1e-5);
    }

    // The optimizer itself says where it stops being stable: just below the limit it comes down, just above it grows.
    [Theory]
    [InlineData("sgd")]
    [InlineData("sgd,momentum=0.9")]
    [InlineData("sgd,momentum=0.9,nesterov=true")]
    [InlineData("sgd,momentum=0.5,dampening=0.5")]
    public void Limit_OnAQuadratic_IsWhereTheOptimizerStopsBeingStable(string text)
    {
        const double Curvature = 2.0;
        foreach (double share in new[] { 0.97, 1.03 })
        {
            Bowl bowl = new(1f);
            Optimizer optimizer = Optimizer.Parse(text, bowl, 1.0);
            optimizer.LearningRate = UpdateMetric.Limit(optimizer) / Curvature * share; // the limit at rate 1
            ProbeContext context = bowl.Context(optimizer, Curvature);
            for (int i = 0; i < 500; i++)
            {
                context.Gradient(context.Current!);
                optimizer.Step();
            }

            double end = Math.Abs(bowl.W.ToArray()[0]);
            Assert.True(share < 1 ? end < 1e-3 : !(end < 10), $"{text} at {share} of the limit ends at {end}");
        }
    }
}
