using System.Reflection;
using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

public sealed class DiagnosisTests
{
    [Fact]
    public void InOrder_IsTheOrderOfTheWords() =>
        Assert.Equal(
            typeof(Cause)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => (string)f.GetRawConstantValue()!),
            Cause.InOrder
        );

    [Fact]
    public void Explains_AnyCause_NamesNoneBeforeItself() =>
        Assert.All(
            Cause.InOrder,
            (cause, place) =>
                Assert.All(
                    Diagnosis.Explains(cause),
                    // Numbers that are not finite come first, but a wrong loop that began before explains them.
                    e =>
                        Assert.True(e == Cause.NonFinite || Cause.InOrder.ToList().IndexOf(e) > place, $"{cause}: {e}")
                )
        );

    [Fact]
    public void Of_DeadUnitsOfARateTooHigh_NamesTheRate()
    {
        MeasuredRuns run = Chain();
        run.Train(
                250,
                s =>
                    s < 7 ? 2.3
                    : s < 10 ? 40.0
                    : 2.31,
                s =>
                    s with
                    {
                        Silent =
                        [
                            .. s.Silent!.Select((u, i) => i == MeasuredRuns.Activation(1) && s.Step > 8 ? 64 : u),
                        ],
                    }
            )
            .Epoch(
                3,
                e => e with { DeadUnits = [.. e.DeadUnits.Select((u, i) => i == MeasuredRuns.Activation(1) ? 64 : u)] }
            );
        IReadOnlyList<Answer> answers = Diagnosis.Of(run.Evidence);
        Answer dead = answers.Single(a => a.Id == "3.3");
        Assert.Equal(Cause.RateTooHigh, Assert.Single(answers, a => a.Verdict == Verdict.Fix).Cause);
        Assert.Equal(Verdict.Look, dead.Verdict);
        Assert.Contains("Explained by 3.5: rate-too-high", dead.Finding, StringComparison.Ordinal);
        Assert.Equal("Mend 3.5 first.", dead.Remedy);
    }

    [Fact]
    public void Of_CauseThatBeganLater_ExplainsNothingBefore()
    {
        IReadOnlyList<Answer> answers = Diagnosis.Of(
            Chain().Train(1, Falling).Evidence,
            [new Told("9.1", Cause.RateTooHigh, 500), new Told("9.2", Cause.DeadUnits, 0)]
        );
        Assert.Equal(["9.1", "9.2"], answers.Where(a => a.Verdict == Verdict.Fix).Select(a => a.Id));
    }

    [Theory]
    [InlineData(0, "9.1", "9.2")] // the loop was wrong before
    [InlineData(40, "9.2", "9.1")]
    public void Of_NumbersNotFinite_AreExplainedByWhatWasWrongBefore(long began, string cause, string symptom)
    {
        IReadOnlyList<Answer> answers = Diagnosis.Of(
            Chain().Train(1, Falling).Evidence,
            [new Told("9.1", Cause.WrongGradient, began), new Told("9.2", Cause.NonFinite, 20)]
        );
        Assert.Equal(cause, answers.First(a => a.Verdict == Verdict.Fix).Id);
        Assert.Contains("Explained by", answers.Single(a => a.Id == symptom).Finding, StringComparison.Ordinal);
    }

    // A loss that sums is a fact, and by itself no fault: the rate may be meant for it.
    [Fact]
    public void Of_FactThatBringsAboutWhatIsAtFault_IsTheCause()
    {
        static MeasuredRuns Summed() =>
            Chain()
                .With(r => r with { Optimizer = "adam" })
                .Train(250, Falling)
                .Probe("first-batch", ("width", 10), ("loss", 2.3), ("doubled", 2.0));
        Answer alone = Diagnosis.Of(Summed().Evidence).Single(a => a.Id == "3.20"),
            beside = Diagnosis
                .Of(Summed().Evidence, [new Told("9.1", Cause.DeadUnits, 100)])
                .Single(a => a.Id == "3.20");
        Assert.Equal((Verdict.Look, Cause.LossScale), (alone.Verdict, alone.Cause));
        Assert.Equal((Verdict.Fix, Cause.LossScale), (beside.Verdict, beside.Cause));
        Assert.Contains("would explain question 9.1", beside.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FactBesideALossThatStays_IsTheCause()
    {
        MeasuredRuns run = Chain()
            .Train(250, s => s == 0 ? 20.0 : 2.2)
            .Probe("first-batch", ("width", 10), ("loss", 20.0), ("variance", 200.0), ("doubled", 1.0));
        Answer answer = Diagnosis.Of(run.Evidence).Single(a => a.Id == "3.20");
        Assert.Equal((Verdict.Fix, Cause.FirstValues), (answer.Verdict, answer.Cause));
    }

    [Fact]
    public void Of_ThreeCauses_KeepsTheFirstTwo()
    {
        IReadOnlyList<Answer> answers = Diagnosis.Of(
            Chain().Train(1, Falling).Evidence,
            [
                new Told("9.1", Cause.ReceptiveField, null),
                new Told("9.2", Cause.Leak, null),
                new Told("9.3", Cause.Frozen, null),
                new Told("9.4", Cause.Leak, null),
            ]
        );
        Assert.Equal(["9.2", "9.4", "9.3"], answers.Where(a => a.Verdict == Verdict.Fix).Select(a => a.Id));
        Assert.Contains("9.2", answers.Single(a => a.Id == "9.1").Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Wanted_Healthy_WantsNothing() =>
        Assert.Empty(Diagnosis.Wanted(Chain().Train(250, Falling).Epoch(4).Evidence));

    [Fact]
    public void Wanted_Suspicion_NamesProbesNotYetMade()
    {
        MeasuredRuns run = Chain()
            .Train(500, s => s < 100 ? 2.3 - (s * 0.008) : 1.875, s => s with { LagCosine = -0.5 });
        Assert.Equal(["gain", "sharpness", "rate"], Diagnosis.Wanted(run.Evidence));
        Assert.Equal(["gain", "rate"], Diagnosis.Wanted(run.Probe("sharpness", ("s", 1.0), ("limit", 38.0)).Evidence));
    }

    /// <summary>Healthy runs that look ill: never to fix.</summary>
    [Theory]
    [InlineData("zero last layer")]
    [InlineData("nine tenths zeros")]
    [InlineData("edge of stability")]
    [InlineData("warm-up")]
    [InlineData("end of cosine")]
    [InlineData("restarts")]
    [InlineData("mixup")]
    [InlineData("frozen by wish")]
    [InlineData("sixteen items")]
    [InlineData("prior in the bias")]
    [InlineData("clipped")]
    public void Of_HealthThatLooksIll_NamesNothing(string kind)
    {
        MeasuredRuns run = Ill(kind);
        Answer? fix = Diagnosis.Of(run.Epoch(4).Evidence).FirstOrDefault(a => a.Verdict == Verdict.Fix);
        Assert.True(fix is null, $"{kind}: {fix?.Id} {fix?.Finding}");
    }

    private static MeasuredRuns Ill(string kind)
    {
        MeasuredRuns run = Chain(6);
        return kind switch
        {
            "zero last layer" => run.Train(
                250,
                Falling,
                s =>
                    s.Step > 0
                        ? s
                        : s with
                        {
                            GradientPower =
                            [
                                .. s.GradientPower!.Select((g, i) => i == MeasuredRuns.Filters(5) ? g : 0.0),
                            ],
                            Gradients = [0, 0, 0, 0, 0, 1],
                            Updates = [0, 0, 0, 0, 0, 0.1],
                            Weights = [.. s.Weights!.SkipLast(1), 0.0],
                        }
            ),
            "nine tenths zeros" => run.Train(250, Falling, s => s with { Zeros = [.. s.Zeros!.Select(_ => 0.9)] }),
            "edge of stability" => run.Train(
                    500,
                    s => 0.9 + (s % 2 == 0 ? 0.3 : -0.3),
                    s => s with { LagCosine = -0.6 }
                )
                .Probe("sharpness", ("s", 39.0), ("limit", 38.0))
                .Probe("gain", ("rho", 0.02), ("gu", -0.1))
                .Probe(
                    "rate",
                    ("arm0.1", 0.7),
                    ("arm0.33", 0.8),
                    ("arm1", 0.95),
                    ("arm3", 3),
                    ("arm10", 9),
                    ("best", 0.9),
                    ("error", 0.01)
                ),
            "warm-up" => run.Train(
                250,
                s => 2.3 - (s * 1e-4),
                s =>
                    s with
                    {
                        LearningRate = 1e-4 * s.Step / 250,
                        Updates = [.. s.Weights!.Select(w => 1e-6 * w)],
                        LagCosine = 0.8,
                    }
            ),
            "end of cosine" => run.Train(250, Falling)
                .Train(
                    250,
                    _ => 0.2,
                    s =>
                        s with
                        {
                            LearningRate = 0.05 * (1 + Math.Cos(Math.PI * s.Step / 500.0)),
                            Updates = [.. s.Updates!.Select(u => s.Step > 495 ? 0.0 : u)],
                        }
                ),
            "restarts" => run.Train(
                500,
                s => Falling(s) + (s % 100 < 10 && s > 50 ? 0.8 : 0.0),
                s => s with { LearningRate = 0.05 * (1 + Math.Cos(Math.PI * (s.Step % 100) / 100.0)) }
            ),
            "mixup" => run.With(r => r with { LabelSmoothing = 0.1, Augment = "mixup" })
                .Train(500, s => Math.Max(1.4, Falling(s))),
            "frozen by wish" => run.With(r =>
                    r with
                    {
                        Freeze = "fc0",
                        Parameters = [.. r.Parameters.Select((p, i) => i == 0 ? p with { IsTrainable = false } : p)],
                    }
                )
                .Train(
                    250,
                    Falling,
                    s =>
                        s with
                        {
                            Updates = [.. s.Updates!.Select((u, i) => i == 0 ? 0.0 : u)],
                            Gradients = [.. s.Gradients!.Select((g, i) => i == 0 ? double.NaN : g)],
                        }
                ),
            "sixteen items" => run.With(r => r with { TrainItems = 16, Batch = 16, UpdatesPerEpoch = 1 })
                .Train(500, Falling, s => s with { LagCosine = 0.7, Updates = [.. s.Weights!.Select(w => 0.06 * w)] })
                .Probe("gain", ("rho", 0.99), ("gu", -0.1))
                .Probe("gain", ("rho", 0.98), ("gu", -0.1)),
            "prior in the bias" => run.Train(250, s => 0.06 + (0.05 * Math.Exp(-s / 60.0))),
            _ => run.With(r => r with { ClipNorm = 1.0 })
                .Train(250, Falling, s => s with { Clipped = 0.25, GradientNormHigh = 5.0 }),
        };
    }

    /// <summary>A question whose answer is a fault.</summary>
    private sealed class Told(string id, string cause, long? onset) : Question
    {
        public override string Id => id;

        public override string Text => "?";

        public override Answer Ask(Evidence evidence) =>
            Answer(Verdict.Fix, "It is so.") with
            {
                Cause = cause,
                OnsetStep = onset,
            };
    }
}
