using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>3.13, 3.16 and 3.18.</summary>
public sealed class CanItLearnTests
{
    [Theory]
    [InlineData(0.0, Verdict.Ok)]
    [InlineData(0.9e-6, Verdict.Ok)]
    [InlineData(1.1e-6, Verdict.Fix)]
    public void Ask_ItemsMix_AnyShareIsAFault(double leak, Verdict verdict) =>
        AssertCause(
            verdict,
            Cause.BatchMixing,
            Ask(new CanItLearn(), Healthy().Probe("mixing", ("leak", leak), ("own", 1.0)))
        );

    [Theory]
    [InlineData(0.009, Verdict.Ok)]
    [InlineData(0.011, Verdict.Look)]
    [InlineData(0.11, Verdict.Fix)]
    public void Ask_GradientIsOff_ByATenthIsAFault(double relative, Verdict verdict) =>
        AssertCause(
            verdict,
            Cause.WrongGradient,
            Ask(
                new CanItLearn(),
                Healthy()
                    .ProbeOf(
                        "directional",
                        "fc1",
                        ("analytic", 1.0),
                        ("numeric", 1.0 + relative),
                        ("relative", relative)
                    )
            )
        );

    [Fact]
    public void Ask_GradientIsOffFromALayerOn_NamesTheOneNearestToTheLoss()
    {
        MeasuredRuns run = Healthy()
            .ProbeOf("directional", "fc0", ("analytic", 1.0), ("numeric", -1.0), ("relative", 2.0))
            .ProbeOf("directional", "fc1", ("analytic", 0.0), ("numeric", -1.0), ("relative", 1.0))
            .ProbeOf("directional", "fc2", ("analytic", 1.0), ("numeric", 1.0), ("relative", 0.0));
        Answer answer = Ask(new CanItLearn(), run);
        AssertCause(Verdict.Fix, Cause.Disconnected, answer);
        Assert.Equal(["fc1", "fc0"], answer.Layers);
    }

    // x * 0 in front of the first layer: its weight gets a gradient of 0, its bias one that is not.
    [Theory]
    [InlineData(0.0, 1.0, Verdict.Fix)]
    [InlineData(0.0, 0.0, Verdict.Ok)] // nothing comes back to the layer at all
    [InlineData(1e-9, 1.0, Verdict.Ok)]
    public void Ask_WeightOfTheFirstLayerWithoutGradient_GetsNoInput(double weight, double bias, Verdict verdict)
    {
        MeasuredRuns run = Chain();
        run.With(r =>
                r with
                {
                    Parameters =
                    [
                        .. r.Parameters,
                        new("fc0.bias", Filters(0), 64, false, true, true, true, false, 0, 1),
                    ],
                }
            )
            .Train(250, Falling, s => s with { Gradients = [weight, 1, 1, 1, bias] });
        AssertCause(verdict, Cause.InputUnused, Ask(new CanItLearn(), run));
    }

    // Decay takes weights along by eta lam / (1 - mu) an update: 0.1 x 0.05 / 0.1 = 1/20; AdamW without momentum.
    [Theory]
    [InlineData("sgd", 0.9, 0.05, Verdict.Fix, "in 20 updates")]
    [InlineData("sgd", 0.0, 0.05, Verdict.Ok, "")]
    [InlineData("adamw", 0.9, 0.05, Verdict.Ok, "")]
    [InlineData("adamw", 0.9, 0.5, Verdict.Fix, "in 20 updates")]
    [InlineData("sgd", 0.9, 5e-4, Verdict.Ok, "")] // the recipe of ResNets: 2000
    public void Ask_DecayForgetsWithinUpdates_IsOverRegularized(
        string optimizer,
        double momentum,
        double decay,
        Verdict verdict,
        string text
    )
    {
        MeasuredRuns run = Chain()
            .With(r =>
                r with
                {
                    Optimizer = optimizer,
                    Momentum = momentum,
                    Parameters = [.. r.Parameters.Select(p => p with { WeightDecay = decay })],
                }
            )
            .Train(250, Falling);
        Answer answer = Ask(new CanItLearn(), run);
        AssertCause(verdict, Cause.OverRegularized, answer);
        Assert.Contains(text, answer.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2.0, 2.5, Verdict.Fix)] // targets have no effect, the input has
    [InlineData(2.0001, 2.5, Verdict.Ok)]
    [InlineData(2.0, 2.0, Verdict.Look)] // nothing has: scores are the same for all
    public void Ask_OtherTargetsSameLoss_MeetInTheWrongShape(double permuted, double zeroed, Verdict verdict) =>
        AssertCause(
            verdict,
            verdict == Verdict.Fix ? Cause.LossShape : Cause.InputUnused,
            Ask(
                new CanItLearn(),
                Healthy()
                    .Probe("permuted-targets", ("loss", 2.0), ("permuted", permuted), ("error", 0.01))
                    .Probe("zeroed-input", ("loss", 2.0), ("zeroed", zeroed))
            )
        );

    [Theory]
    [InlineData(1.2, 1, Verdict.Fix)]
    [InlineData(1.1, 1, Verdict.Look)] // it learns, slowly
    [InlineData(1.2, 0, Verdict.Ok)] // time ran out
    public void Ask_OneBatchNotLearned_IsAFaultWhereTheLossStays(double lowest, double inTime, Verdict verdict) =>
        AssertCause(
            verdict,
            Cause.Underfitting,
            Ask(
                new CanItLearn(),
                Healthy()
                    .Probe(
                        "rate",
                        ("arm0.1", 2.0),
                        ("arm0.33", 2.0),
                        ("arm1", 2.0),
                        ("arm3", 2.0),
                        ("arm10", 2.0),
                        ("error", 0.01)
                    )
                    .Probe(
                        "one-batch",
                        ("first", 2.3),
                        ("lowest", lowest),
                        ("items", 16),
                        ("right", 4),
                        ("updates", 120),
                        ("learned", 0),
                        ("inTime", inTime)
                    )
            )
        );

    [Theory]
    [InlineData(400, 1.0, Verdict.Fix)] // 10 % right of 10 classes
    [InlineData(600, 1.0, Verdict.Look)] // 15 %: something is learned
    [InlineData(400, 0.5, Verdict.Look)] // a lower rate does better
    [InlineData(400, 1.0, Verdict.Look, "mixup=0.2")] // mixed labels keep the loss up
    public void Ask_StuckThoughAFewItemsAreLearned_LabelsDoNotBelong(
        int right,
        double arm01,
        Verdict verdict,
        string augment = "none"
    )
    {
        MeasuredRuns run = Chain()
            .With(r => r with { Augment = augment })
            .Train(250, Stuck)
            .Epoch(1)
            .Epoch(
                2,
                e =>
                    e with
                    {
                        Train = new MeasuredPart(4000, 2.3, 0.01, right)
                        {
                            ClassItems = [.. Enumerable.Repeat(400, 10)],
                        },
                    }
            )
            .Probe("one-batch", ("learned", 1), ("inTime", 1))
            .Probe(
                "rate",
                ("arm0.1", 2.3 * arm01),
                ("arm0.33", 2.3),
                ("arm1", 2.3),
                ("arm3", 2.3),
                ("arm10", 2.3),
                ("error", 0.01)
            );
        AssertCause(
            verdict,
            verdict == Verdict.Fix ? Cause.ShuffledLabels : Cause.Underfitting,
            Ask(new CanItLearn(), run)
        );
    }

    [Theory]
    [InlineData(2.24, Verdict.Look)] // 97.3 % of ln 10
    [InlineData(2.22, Verdict.Ok)] // 96.4 %
    public void Ask_LossNearKnowingNothing_IsToLookAt(double loss, Verdict verdict) =>
        AssertCause(verdict, Cause.Underfitting, Ask(new CanItLearn(), Chain().Train(250, _ => loss)));

    [Theory]
    [InlineData(1.45, Verdict.Fix)] // ln(e + 9) - 1 = 1.4612
    [InlineData(1.40, Verdict.Ok)] // below what it allows: the loss has no softmax of its own
    public void LossTruth_SoftmaxAtTheEnd_KeepsTheLossUp(double loss, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .With(r => r with { Points = [.. r.Points.Select(p => p.IsOutput ? p with { Operator = "Softmax" } : p)] });
        Answer answer = Ask(new LossTruth(), run.Train(250, s => Math.Max(loss, 2.3 - (0.01 * s))));
        AssertCause(verdict, Cause.OutputActivation, answer);
    }

    [Fact]
    public void LossTruth_LabelSmoothing_HasAFloorThatIsHealth()
    {
        // smoothing 0.1 over 10: 0.91 and 9 x 0.01: entropy 0.5002
        Answer answer = Ask(
            new LossTruth(),
            Chain().With(r => r with { LabelSmoothing = 0.1 }).Train(250, s => Math.Max(0.51, 2.3 - (0.01 * s)))
        );
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(0.5003, answer.Number("lossFloor"), 3);
    }

    [Theory]
    [InlineData(64.0, true, Verdict.Fix)]
    [InlineData(64.0, false, Verdict.Look)]
    [InlineData(30.0, true, Verdict.Ok)]
    public void LossTruth_LossOfAsManyTimesAsABatchHasItems_Sums(double times, bool suffers, Verdict verdict) =>
        AssertCause(
            verdict,
            Cause.LossScale,
            Ask(
                new LossTruth(),
                Chain().Train(250, s => times * (suffers ? 2.3026 * (1 + (s > 0 ? 0.1 : 0)) : Falling(s)))
            )
        );

    [Theory]
    [InlineData(1, Verdict.Ok)]
    [InlineData(-1, Verdict.Look)]
    public void LossTruth_LossFallsAndFewerAreRight_IsToLookAt(int sign, Verdict verdict) =>
        AssertCause(
            verdict,
            Cause.LossKind,
            Ask(new LossTruth(), Chain().Train(100, Falling, s => s with { Accuracy = 0.5 + (sign * 0.004 * s.Step) }))
        );

    [Fact]
    public void FiniteNumbers_FirstOperator_IsNamedWithItsUpdate()
    {
        MeasuredRuns run = Chain();
        run.Train(30, Falling)
            .Train(
                5,
                _ => double.NaN,
                s =>
                    s with
                    {
                        NonFinite = 77,
                        Power = [.. s.Power!.Select((p, i) => i >= MeasuredRuns.Filters(2) ? double.NaN : p)],
                    }
            );
        Answer answer = Ask(new FiniteNumbers(), run);
        AssertCause(Verdict.Fix, Cause.NonFinite, answer);
        Assert.Equal(("fc2", 30L, "0.01"), (answer.Layers[0], answer.OnsetStep, answer.Options["lr"]));
    }

    [Fact]
    public void FiniteNumbers_BackwardsAlone_NamesTheOneNearestToTheLoss()
    {
        MeasuredRuns run = Chain();
        run.Train(30, Falling)
            .Train(
                5,
                Falling,
                s =>
                    s with
                    {
                        GradientNorm = double.NaN,
                        GradientPower =
                        [
                            .. s.GradientPower!.Select((g, i) => i <= MeasuredRuns.Filters(1) ? double.NaN : g),
                        ],
                    }
            );
        Answer answer = Ask(new FiniteNumbers(), run);
        AssertCause(Verdict.Fix, Cause.NonFinite, answer);
        Assert.Equal("fc1", answer.Layers[0]);
    }

    [Fact]
    public void FiniteNumbers_FiniteAgain_IsToLookAt() =>
        AssertCause(
            Verdict.Look,
            Cause.NonFinite,
            Ask(new FiniteNumbers(), Chain().Train(30, s => s == 12 ? double.NaN : Falling(s)))
        );

    private static MeasuredRuns Healthy() => Chain().Train(250, Falling);

    private static void AssertCause(Verdict verdict, string cause, Answer answer)
    {
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Ok ? "" : cause, answer.Cause);
    }

    // Minus the probability of the right class lies between -1 and 0, minus its logarithm above 0.
    [Theory]
    [InlineData(-0.1, -0.7, Cause.LossKind)]
    [InlineData(-0.1, -1.7, "")]
    [InlineData(2.3, 0.7, "")]
    public void Ask_LossOfProbabilities_IsAnotherKind(double from, double to, string cause)
    {
        MeasuredRuns run = Chain().Train(250, s => from + ((to - from) * s / 250.0));
        Answer answer = Ask(new LossTruth(), run);
        Assert.True(cause == answer.Cause, $"{from} to {to}: {answer.Verdict} {answer.Cause} {answer.Finding}");
    }
}
