using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>3.3.</summary>
public sealed class UnitsAliveTests
{
    [Fact]
    public void Ask_TwelveOf64BornDeadByABias_CountsTwelve()
    {
        // 12 of 64 at -100: mean square 12/64 x 1e4 = 1875, where the rule gives 1.
        Answer answer = Ask(new UnitsAlive(), Dead(12, power: 1875.0));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal((12.0, 64.0), (Measured(answer, "deadUnits"), Measured(answer, "units")));
        Assert.Equal(("fc1", 0L, Cause.DeadUnits), (answer.Layers[0], answer.OnsetStep, answer.Cause));
        Assert.Equal(0.0959, Measured(answer, "aliveAtMost"), 3); // 3.8415 / 4003.84
    }

    [Theory]
    [InlineData(0, Verdict.Ok)]
    [InlineData(6, Verdict.Ok)] // 9.4 %
    [InlineData(7, Verdict.Look)] // 10.9 %
    [InlineData(40, Verdict.Look)] // deep plain networks are born so and train
    [InlineData(64, Verdict.Fix)]
    public void Ask_BornDeadByChance_IsToLookAtUntilNothingPasses(int dead, Verdict verdict) =>
        Networks.AssertVerdict(verdict, Ask(new UnitsAlive(), Dead(dead, power: 1.0)));

    [Theory]
    [InlineData(12, true, Verdict.Look)] // 18.8 %
    [InlineData(13, true, Verdict.Fix)] // 20.3 %
    [InlineData(13, false, Verdict.Look)] // the loss moves all the same
    public void Ask_DyingInTraining_IsAFaultFromAFifthOnWhereTheLossStays(int dead, bool stuck, Verdict verdict)
    {
        Answer answer = Ask(new UnitsAlive(), Dead(dead, power: 1.0, since: 50, loss: stuck ? Stuck : Falling));
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(50L, answer.OnsetStep);
    }

    [Theory]
    [InlineData(2.9, Verdict.Look)]
    [InlineData(3.1, Verdict.Fix)]
    public void Ask_RevivingLowersTheLoss_ByThreeErrorsIsAFault(double errors, Verdict verdict)
    {
        MeasuredRuns run = Dead(8, power: 1.0)
            .ProbeOf("revive", "fc1", ("loss", 1.0), ("revived", 1.0 - (0.01 * errors)), ("error", 0.01), ("units", 8));
        Networks.AssertVerdict(verdict, Ask(new UnitsAlive(), run));
    }

    [Fact]
    public void Ask_CollapsedChannelsBehindANormalization_IsSilent()
    {
        MeasuredRuns run = Chain()
            .With(r =>
                r with
                {
                    Points =
                    [
                        .. r.Points.Select(p =>
                            p.Name == "fc1" ? p with { Kind = PointKind.Normalization, From = [2] } : p
                        ),
                    ],
                }
            );
        run.Train(100, Falling, s => Silent(run, s, 20)).Epoch(2, e => Killed(run, e, 20));
        Networks.AssertVerdict(Verdict.Ok, Ask(new UnitsAlive(), run));
    }

    [Fact]
    public void Ask_BehindADeadLayer_IsAVictim()
    {
        MeasuredRuns run = Chain();
        run.Train(
                100,
                Stuck,
                s => s with { Silent = [.. run.Run.Points.Select(p => p.Kind == PointKind.Activation ? 64 : -1)] }
            )
            .Epoch(
                2,
                e => e with { DeadUnits = [.. run.Run.Points.Select(p => p.Kind == PointKind.Activation ? 64 : -1)] }
            );
        Answer answer = Ask(new UnitsAlive(), run);
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal("fc0", Assert.Single(answer.Layers));
    }

    [Theory]
    [InlineData(0.29, true, Verdict.Ok)]
    [InlineData(0.5, true, Verdict.Look)]
    [InlineData(0.8, false, Verdict.Look)]
    [InlineData(0.8, true, Verdict.Fix)]
    public void Ask_Saturated_IsAFaultWhereTheLossStays(double share, bool stuck, Verdict verdict)
    {
        MeasuredRuns run = Chain(4, "Sigmoid");
        run.Train(
            80,
            stuck ? Stuck : Falling,
            s =>
                s with
                {
                    Saturated = [.. run.Run.Points.Select((_, i) => i == MeasuredRuns.Activation(1) ? share : 0.0)],
                }
        );
        Answer answer = Ask(new UnitsAlive(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Ok ? "" : Cause.Saturation, answer.Cause);
    }

    private static double Measured(Answer answer, string name) => answer.Measured.Single(q => q.Name == name).Value;

    private static MeasuredRuns Dead(int count, double power, int since = 0, Func<long, double>? loss = null)
    {
        MeasuredRuns run = Chain();
        return run.Train(
                100,
                loss ?? Falling,
                s =>
                    Silent(run, s, s.Step >= since ? count : 0) with
                    {
                        Power = [.. s.Power!.Select((p, i) => i == MeasuredRuns.Filters(1) ? power : p)],
                    }
            )
            .Epoch(2, e => Killed(run, e, count));
    }

    private static MeasuredStep Silent(MeasuredRuns run, MeasuredStep step, int count) =>
        step with
        {
            Silent = [.. step.Silent!.Select((s, i) => i == MeasuredRuns.Activation(1) ? count : s)],
        };

    private static MeasuredEpoch Killed(MeasuredRuns run, MeasuredEpoch epoch, int count) =>
        epoch with
        {
            DeadUnits = [.. epoch.DeadUnits.Select((d, i) => i == MeasuredRuns.Activation(1) ? count : d)],
        };
}
