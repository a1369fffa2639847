using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>3.5.</summary>
public sealed class LearningRateTests
{
    // A quarter above the lowest for 400 updates.
    private static double Plateau(long step) => step < 100 ? 2.3 - (step * 0.008) : 1.875;

    // 5 x 5e-4 / (1 - 0.9) = 1/40: an ordinary decay, so that the rate is to blame.
    [Fact]
    public void Ask_RateWithOrdinaryDecayForgets_IsTooHigh()
    {
        MeasuredRuns run = Chain()
            .With(r =>
                r with
                {
                    LearningRate = 5,
                    Parameters = [.. r.Parameters.Select(p => p with { WeightDecay = 5e-4 })],
                }
            )
            .Train(250, Falling);
        Answer answer = Ask(new LearningRate(), run);
        Assert.Equal((Verdict.Fix, Cause.RateTooHigh), (answer.Verdict, answer.Cause));
        Assert.Contains("in 40 updates", answer.Finding, StringComparison.Ordinal);
        Assert.Equal("0.2", answer.Options["lr"]); // 1000 updates
    }

    // 250 updates of 1e-5 move a weight by a four-hundredth.
    [Theory]
    [InlineData(1e-5, Verdict.Fix)]
    [InlineData(1e-3, Verdict.Ok)]
    public void Ask_UpdatesMoveNothingInAll_IsTooLow(double ratio, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .Train(250, Stuck, s => s with { Updates = [.. s.Weights!.Select(w => ratio * w)], LagCosine = 0.1 });
        Answer answer = Ask(new LearningRate(), run);
        Assert.True(verdict == answer.Verdict, $"{ratio}: {answer.Verdict} {answer.Finding}");
        if (verdict == Verdict.Fix)
        {
            Assert.Equal((Cause.RateTooLow, "10"), (answer.Cause, answer.Options["lr"]));
        }
    }

    [Theory]
    [InlineData(1.6, 1.2, 1.9, Verdict.Fix)] // curvature past 1.5 times the limit, and the trial agrees
    [InlineData(1.4, 1.2, 1.9, Verdict.Ok)] // at the edge of stability
    [InlineData(1.6, 1.7, 1.9, Verdict.Look)] // a tenth of the rate does no better than the best so far
    [InlineData(1.6, 1.2, 1.3, Verdict.Look)] // the present rate goes below the best too
    public void Ask_Plateau_IsTooHighWhenCurvatureAndTrialAgree(double past, double arm01, double arm1, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .Train(500, Plateau)
            .Probe("sharpness", ("s", past * 38.0), ("limit", 38.0), ("rate", 0.1))
            .Probe(
                "rate",
                ("arm0.1", arm01),
                ("arm0.33", 1.6),
                ("arm1", arm1),
                ("arm3", 2),
                ("arm10", 9),
                ("best", 1.5),
                ("error", 0.01)
            );
        Answer answer = Ask(new LearningRate(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Ok ? "" : Cause.RateTooHigh, answer.Cause);
        Assert.Equal(verdict == Verdict.Fix ? "0.01" : null, answer.Options.GetValueOrDefault("lr"));
    }

    [Theory]
    [InlineData(-0.19, Verdict.Ok)]
    [InlineData(-0.21, Verdict.Look)] // never alone
    public void Ask_GradientsAgainstEachOther_AloneIsToLookAt(double cosine, Verdict verdict) =>
        Networks.AssertVerdict(
            verdict,
            Ask(new LearningRate(), Chain().Train(500, Plateau, s => s with { LagCosine = cosine }))
        );

    [Theory]
    [InlineData(0.29, Verdict.Ok)]
    [InlineData(0.31, Verdict.Fix)]
    public void Ask_UpdatesOfAThirdOfTheWeightsAndTheLossStays_IsTooHigh(double ratio, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .Train(250, Stuck, s => s.Step > 20 ? s : s with { Updates = [.. s.Weights!.Select(w => ratio * w)] });
        Answer answer = Ask(new LearningRate(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Fix ? 0L : null, answer.OnsetStep);
    }

    [Fact]
    public void Ask_LossJumpsAndStaysUp_IsTooHighSinceTheJump()
    {
        Answer answer = Ask(
            new LearningRate(),
            Chain()
                .Train(
                    250,
                    s =>
                        s < 7 ? 2.3
                        : s < 10 ? 40.0
                        : 2.31
                )
        );
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal((Cause.RateTooHigh, 7L), (answer.Cause, answer.OnsetStep));
    }

    [Theory]
    [InlineData(7.2e-4, 0.6, 1.0, Verdict.Fix)] // a tenth of 7.25e-3
    [InlineData(7.4e-4, 0.6, 1.0, Verdict.Ok)]
    [InlineData(7.2e-4, 0.4, 1.0, Verdict.Ok)]
    [InlineData(7.2e-4, 0.6, 1.99, Verdict.Look)]
    public void Ask_UpdatesOfATenth_IsTooLowWhenGradientsAreAlikeAndHigherRatesGain(
        double ratio,
        double cosine,
        double arm10,
        Verdict verdict
    )
    {
        MeasuredRuns run = Low(ratio, cosine)
            .Probe(
                "rate",
                ("arm0.1", 2.2),
                ("arm0.33", 2.1),
                ("arm1", 2.0),
                ("arm3", 1.5),
                ("arm10", arm10),
                ("best", 2.0),
                ("error", 0.01)
            );
        Answer answer = Ask(new LearningRate(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Fix ? "1" : null, answer.Options.GetValueOrDefault("lr"));
        Assert.Equal(7.255e-3, answer.Number("updateRatio"), 1e-6);
    }

    [Fact]
    public void Ask_LowInWarmUp_IsSilent() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            Ask(
                new LearningRate(),
                Low(1e-6, 0.8, rate: 1e-3).Probe("rate", ("arm1", 2.0), ("arm3", 1.5), ("arm10", 1.0), ("error", 0.01))
            )
        );

    // Kingma, Ba 2015: 0.998 against 0.949, 0.81 against 0.9995, 0.81 against 0.975.
    [Theory]
    [InlineData("adam", 0.999, 0.9, true, Verdict.Fix)]
    [InlineData("adamw", 0.999, 0.9, false, Verdict.Look)]
    [InlineData("adam", 0.9, 0.999, true, Verdict.Ok)]
    [InlineData("adam", 0.9, 0.95, true, Verdict.Ok)]
    [InlineData("sgd", 0.99, 0.0, true, Verdict.Ok)]
    public void Ask_BetasSwapped_IsFixWhereLittleIsLearned(
        string optimizer,
        double beta1,
        double beta2,
        bool stays,
        Verdict verdict
    )
    {
        MeasuredRuns run = Chain()
            .With(r => r with { Optimizer = optimizer, Momentum = beta1, Beta2 = beta2 })
            .Train(90, s => stays ? 2.3 - (s * 0.003) : Falling(s));

        Answer answer = Ask(new LearningRate(), run);

        Assert.Equal(verdict != Verdict.Ok, answer.Finding.StartsWith("Adam has beta1", StringComparison.Ordinal));
        Assert.True(verdict == Verdict.Ok || answer.Verdict == verdict, $"{answer.Verdict}: {answer.Finding}");
    }

    [Fact]
    public void Ask_NormGrowsWithTheNumberOfUpdates_IsNotCleared()
    {
        MeasuredRuns run = Chain()
            .Train(
                200,
                s => s < 40 ? 2.3 - (s * 0.03) : 1.1 + ((s - 40) * 0.02),
                s => s with { GradientNorm = s.Step + 1.0, LagCosine = 0.97 }
            );
        Answer answer = Ask(new LearningRate(), run);
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal(Cause.GradientsNotCleared, answer.Cause);
    }

    [Theory]
    [InlineData(true, Verdict.Fix)]
    [InlineData(false, Verdict.Look)]
    public void Ask_LossRisesByWhatGradientsSay_GoesUpTheGradient(bool probed, Verdict verdict)
    {
        MeasuredRuns run = Chain().Train(200, s => 2.3 + (0.05 * s), s => s with { LagCosine = 0.6 });
        if (probed)
        {
            run.Probe("gain", ("rho", 1.02), ("gu", 0.05)).Probe("gain", ("rho", -0.98), ("gu", -0.05));
        }

        Answer answer = Ask(new LearningRate(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(Cause.WrongGradient, answer.Cause);
    }

    [Theory]
    [InlineData(150, Verdict.Fix)] // 24 % of 630
    [InlineData(200, Verdict.Ok)] // 32 %
    public void Ask_RateFallsAHundredTimes_WithinAQuarterIsAFault(int length, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .Train(
                300,
                s => Math.Max(1.5, 2.3 - (s * 0.02)),
                s => s with { LearningRate = 0.1 * Math.Pow(0.01, Math.Clamp((s.Step - 40.0) / length, 0.0, 1.0)) }
            );
        Answer answer = Ask(new LearningRate(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Fix ? Cause.Schedule : "", answer.Cause);
    }

    [Fact]
    public void Ask_LossAThousandTimes_AnswersTheSame()
    {
        MeasuredRuns[] runs =
        [
            Chain()
                .Train(
                    250,
                    s =>
                        s < 7 ? 2.3
                        : s < 10 ? 40.0
                        : 2.31
                ),
            Chain().Train(200, s => 2.3 + (0.05 * s), s => s with { LagCosine = 0.6 }),
            Low(7.2e-4, 0.6)
                .Probe("rate", ("arm1", 2.0), ("arm3", 1.5), ("arm10", 1.0), ("best", 2.0), ("error", 0.01)),
            Chain().Train(500, Falling),
        ];
        Assert.All(
            runs,
            run =>
            {
                Answer plain = Ask(new LearningRate(), run),
                    scaled = Ask(new LearningRate(), run.Scaled(1000.0));
                Assert.Equal(
                    (plain.Verdict, plain.Cause, plain.OnsetStep),
                    (scaled.Verdict, scaled.Cause, scaled.OnsetStep)
                );
            }
        );
    }

    private static MeasuredRuns Low(double ratio, double cosine, double rate = 0.1)
    {
        MeasuredRuns run = Chain();
        for (int i = 0; i < 4; i++)
        {
            run.Parameter(i, p => p with { IsNormalized = true, WeightDecay = 5e-4 });
        }

        return run.Train(
            150,
            s => 2.3 - (0.002 * s),
            s => s with { LearningRate = rate, LagCosine = cosine, Updates = [.. s.Weights!.Select(w => ratio * w)] }
        );
    }

    // 12 updates of 64 batches in all; with 3 batches each, or learned all the same, nothing is said to be at fault.
    [Theory]
    [InlineData(64, 2.2, Verdict.Fix)]
    [InlineData(64, 0.4, Verdict.Look)]
    [InlineData(3, 2.2, Verdict.CannotTell)]
    public void Ask_FewUpdatesOfManyBatches_IsTooLow(int batches, double loss, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .With(r => r with { PlannedUpdates = 12, Accumulation = batches })
            .Train(12, _ => loss, s => s with { Batches = batches });
        Answer answer = Ask(new LearningRate(), run);
        Assert.True(verdict == answer.Verdict, $"{batches} batches: {answer.Verdict} {answer.Cause} {answer.Finding}");
        Assert.Equal(verdict == Verdict.CannotTell ? "" : Cause.RateTooLow, answer.Cause);
    }

    // All 250 updates planned at a thousandth of the rate asked for; of 630 planned they are a warm-up that may end.
    [Theory]
    [InlineData(250, 1e-3, Verdict.Fix)]
    [InlineData(250, 0.5, Verdict.Ok)]
    [InlineData(630, 1e-3, Verdict.Ok)]
    public void Ask_RateNeverReached_IsTheSchedule(int planned, double share, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .With(r => r with { PlannedUpdates = planned })
            .Train(250, Stuck, s => s with { LearningRate = 0.1 * share * (s.Step + 1) / 250 });
        Answer answer = Ask(new LearningRate(), run);
        Assert.True(
            (verdict == Verdict.Fix) == (answer is { Verdict: Verdict.Fix, Cause: Cause.Schedule }),
            $"{planned} planned, {share}: {answer.Verdict} {answer.Cause} {answer.Finding}"
        );
    }
}
