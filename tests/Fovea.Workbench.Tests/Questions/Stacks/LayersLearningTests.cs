using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>3.4.</summary>
public sealed class LayersLearningTests
{
    [Theory]
    [InlineData("sgd", 0.1, 5e-4, 7.3e-3)] // sqrt(2 x 0.1 x 5e-4 / 1.9)
    [InlineData("adamw", 1e-3, 1e-2, 1.026e-3)] // sqrt(2 x 1e-3 x 1e-2 x 0.1 / 1.9)
    public void Ask_NormalizedAndDecayed_PredictsWhereWeightsSettle(
        string optimizer,
        double rate,
        double decay,
        double ratio
    )
    {
        MeasuredRuns run = Chain()
            .With(r => r with { Optimizer = optimizer, LearningRate = rate })
            .Parameter(1, p => p with { IsNormalized = true, WeightDecay = decay })
            .Train(60, Falling);
        Answer answer = Ask(new LayersLearning(), run);
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(ratio, answer.Number("updateRatio"), ratio / 50);
        Assert.Equal(7e-3, answer.Measured.Single(q => q.Name == "updateRatio").Value, 9);
    }

    [Fact]
    public void Ask_GradientAndNoUpdate_IsNotOptimized()
    {
        MeasuredRuns run = Chain().Parameter(2, p => p with { IsOptimized = false });
        Answer answer = Ask(new LayersLearning(), run.Train(60, Falling, s => Still(s, 2)));
        AssertFault(Cause.NotOptimized, "fc2", answer);
    }

    [Fact]
    public void Ask_NoUpdateInSomeSamplesAlone_IsSilent() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            Ask(new LayersLearning(), Chain().Train(60, Falling, s => s.Step < 59 ? Still(s, 2) : s))
        );

    [Fact]
    public void Ask_NoGradientInAnySample_IsDisconnected() =>
        AssertFault(
            Cause.Disconnected,
            "fc1",
            Ask(new LayersLearning(), Chain().Train(60, Falling, s => Still(s, 1, gradient: double.NaN)))
        );

    [Fact]
    public void Ask_ZeroGradientInTheFirstUpdateAlone_IsSilent() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            Ask(new LayersLearning(), Chain().Train(60, Falling, s => s.Step == 0 ? Still(s, 1, gradient: 0.0) : s))
        );

    [Fact]
    public void Ask_OutputsDoNotDependOnIt_IsDisconnected() =>
        AssertFault(
            Cause.Disconnected,
            "fc1",
            Ask(
                new LayersLearning(),
                Chain()
                    .Parameter(1, p => p with { IsReached = false })
                    .Train(60, Falling, s => Still(s, 1, gradient: double.NaN))
            )
        );

    [Fact]
    public void Ask_FrozenAtFirstValues_IsAFault()
    {
        MeasuredRuns run = Chain().Parameter(1, p => p with { IsTrainable = false });
        AssertFault(
            Cause.Frozen,
            "fc1",
            Ask(new LayersLearning(), run.Train(60, Falling, s => Still(s, 1, gradient: double.NaN)))
        );
    }

    [Fact]
    public void Ask_FrozenByWishOrWithLoadedValues_IsSilent()
    {
        MeasuredRuns wish = Chain()
            .Parameter(1, p => p with { IsTrainable = false })
            .With(r => r with { Freeze = "fc1" })
            .Train(60, Falling, s => Still(s, 1, gradient: double.NaN));
        MeasuredRuns loaded = Chain()
            .Parameter(1, p => p with { IsTrainable = false })
            .Train(
                60,
                Falling,
                s =>
                    Still(s, 1, gradient: double.NaN) with
                    {
                        Weights = [.. s.Weights!.Select((w, i) => i == 1 ? 3.0 * w : w)],
                    }
            );
        Networks.AssertVerdict(Verdict.Ok, Ask(new LayersLearning(), wish));
        Networks.AssertVerdict(Verdict.Ok, Ask(new LayersLearning(), loaded));
    }

    [Fact]
    public void Ask_FrozenAndDecaying_IsAFault()
    {
        // norm (1 - eta lam)^t with eta 0.1, lam 5e-4, and no gradient
        MeasuredRuns run = Chain().Parameter(1, p => p with { IsTrainable = false, WeightDecay = 5e-4 });
        run.Train(
            60,
            Falling,
            s =>
                s with
                {
                    Gradients = [.. s.Gradients!.Select((g, i) => i == 1 ? double.NaN : g)],
                    Weights = [.. s.Weights!.Select((w, i) => i == 1 ? w * Math.Pow(1 - 5e-5, s.Step) : w)],
                    Updates = [.. s.Updates!.Select((u, i) => i == 1 ? 5e-5 * s.Weights![1] : u)],
                }
        );
        AssertFault(Cause.Frozen, "fc1", Ask(new LayersLearning(), run));
    }

    [Fact]
    public void Ask_WeightThatIsNoParameter_IsUnregistered()
    {
        MeasuredRuns run = Chain()
            .With(r => r with { Parameters = [.. r.Parameters.Where(p => p.Name != "fc1.weight")] });
        AssertFault(Cause.Unregistered, "fc1", Ask(new LayersLearning(), run.Train(60, Falling)));
    }

    [Theory]
    [InlineData(99.0, Verdict.Ok)]
    [InlineData(101.0, Verdict.Look)]
    public void Ask_AHundredTimesSlower_IsToLookAt(double slower, Verdict verdict) =>
        Networks.AssertVerdict(
            verdict,
            Ask(
                new LayersLearning(),
                Chain()
                    .Train(
                        60,
                        Falling,
                        s => s with { Updates = [.. s.Updates!.Select((u, i) => i == 0 ? u / slower : u)] }
                    )
            )
        );

    [Fact]
    public void Ask_EndOfCosine_IsSilent() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            Ask(
                new LayersLearning(),
                Chain()
                    .Train(60, Falling)
                    .Train(60, Falling, s => Still(Still(Still(Still(s, 0), 1), 2), 3) with { LearningRate = 1e-7 })
            )
        );

    private static void AssertFault(string cause, string layer, Answer answer)
    {
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal((cause, layer), (answer.Cause, Assert.Single(answer.Layers)));
    }

    private static MeasuredStep Still(MeasuredStep step, int parameter, double gradient = 1.0) =>
        step with
        {
            Updates = [.. step.Updates!.Select((u, i) => i == parameter ? 0.0 : u)],
            Gradients = [.. step.Gradients!.Select((g, i) => i == parameter ? gradient : g)],
        };
}
