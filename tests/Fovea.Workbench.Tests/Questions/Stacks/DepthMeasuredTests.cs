using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions.Stacks;

/// <summary>Depth, skips, and size against data.</summary>
public sealed class DepthMeasuredTests
{
    [Theory]
    [InlineData(30, 400, "Stuck", Verdict.Fix, Cause.TooDeep)]
    [InlineData(30, 400, "High", Verdict.Look, Cause.TooDeep)]
    [InlineData(30, 400, "Falling", Verdict.Ok, "")]
    [InlineData(30, 100, "Stuck", Verdict.CannotTell, "")]
    [InlineData(28, 400, "Stuck", Verdict.Ok, "")]
    public void DepthDegradation_PlainLayers_AreJudgedByTheLossLearned(
        int layers,
        int updates,
        string loss,
        Verdict verdict,
        string cause
    ) =>
        AssertIs(
            verdict,
            cause,
            new DepthDegradation(),
            Chain(layers)
                .Train(
                    updates,
                    loss == "Stuck" ? Stuck
                        : loss == "High" ? _ => 1.6
                        : Falling
                )
        );

    // Sigmoids quarter the gradient at best, 30 of them by 4^30 = 1e18 in norm.
    [Fact]
    public void DepthDegradation_SigmoidsThatDoNotLearn_NamesTheVanishingThatStructurePredicts()
    {
        Answer answer = AssertIs(
            Verdict.Fix,
            Cause.Vanishing,
            new DepthDegradation(),
            Chain(30, "Sigmoid").Train(400, Stuck)
        );

        Assert.Contains("30 layers without skips does not learn", answer.Finding, StringComparison.Ordinal);
        Assert.Contains(
            "Structure predicts it (question 3.1): Gradients vanish",
            answer.Finding,
            StringComparison.Ordinal
        );
        Assert.Contains("Residual", answer.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void DepthDegradation_LossOfTheUsersOwn_CannotTell() =>
        AssertIs(
            Verdict.CannotTell,
            "",
            new DepthDegradation(),
            Chain(30).With(r => r with { ChanceLoss = null }).Train(400, Stuck)
        );

    [Theory]
    [InlineData(1e-6, 600, Verdict.Look)] // a thousandth in norm
    [InlineData(1e-6, 100, Verdict.Ok)] // a scale that starts at 0 has not grown yet
    [InlineData(1e-3, 600, Verdict.Ok)]
    [InlineData(2e4, 600, Verdict.Look)]
    public void SkipsMeasured_Branch_IsComparedWithItsShortcut(double power, int updates, Verdict verdict)
    {
        MeasuredRuns run = WithSum();
        int branch = MeasuredRuns.Filters(2);
        run.Train(updates, Falling, s => s with { Power = [.. s.Power!.Select((p, i) => i == branch ? power : 1)] });

        Answer answer = AssertIs(verdict, "", new SkipsMeasured(), run);

        Assert.Equal(Math.Sqrt(power), answer.Measured.Single(q => q.Name == "medianBranchOverShortcut").Value, 9);
        Assert.Equal(verdict == Verdict.Look ? ["add"] : [], answer.Layers);
    }

    [Fact]
    public void SkipsMeasured_NoSum_IsNotApplicable() =>
        AssertIs(Verdict.NotApplicable, "", new SkipsMeasured(), Chain().Train(600, Falling));

    [Fact]
    public void SkipsMeasured_IdleBlockWithoutEffect_SaysSo()
    {
        MeasuredRuns run = WithSum();
        int branch = MeasuredRuns.Filters(2);
        run.Train(600, Falling, s => s with { Power = [.. s.Power!.Select((p, i) => i == branch ? 0 : 1.0)] })
            .ProbeOf("layer", "fc2", ("loss", 0.5), ("skipped", 0.5), ("skippedError", 0.001));

        Answer answer = AssertIs(Verdict.Look, "", new SkipsMeasured(), run);

        Assert.Contains("without add the loss is the same", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void DepthAgainstData_NoLearningCurve_CannotTellAndSaysWhatToTry()
    {
        Evidence evidence = Chain().Train(100, Falling).Evidence;
        Answer answer = new DepthAgainstData().Ask(
            new Evidence(evidence.Graph)
            {
                Measured = evidence.Measured! with
                {
                    Request = new TrainingRequest { Model = "net.txt", Data = "d" },
                },
            }
        );

        Assert.Contains("for 4,000 items", answer.Finding, StringComparison.Ordinal);
        Assert.Equal(
            ["1000", "2000", "4000"],
            answer
                .Experiment.Split('\n')
                .Select(c => c.Split("fovea train net.txt --data d --train-items ")[1].Split(' ')[0])
        );
    }

    // 0.8 to 0.6 over a doubling is the power log2(4/3) = 0.415: the next doubling saves a quarter of 0.6, 0.15.
    [Theory]
    [InlineData(0.6, Verdict.Look)]
    [InlineData(0.78, Verdict.Ok)]
    public void DepthAgainstData_LearningCurve_TellsWhetherMoreItemsHelp(double loss, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .Probe("learning-curve", ("items", 1000), ("loss", 0.8), ("error", 0.02))
            .Probe("learning-curve", ("items", 2000), ("loss", loss), ("error", 0.02));

        Answer answer = AssertIs(verdict, "", new DepthAgainstData(), run);

        Assert.Equal(
            verdict == Verdict.Look,
            answer.Finding.Contains("twice as many would save about 0.15 more", StringComparison.Ordinal)
        );
    }

    /// <summary>The input of the third layer beside its output.</summary>
    private static MeasuredRuns WithSum()
    {
        MeasuredRuns run = Chain();
        return run.With(r =>
            r with
            {
                Points =
                [
                    .. r.Points,
                    new(
                        "add",
                        PointKind.Sum,
                        "Add",
                        MeasuredRuns.Filters(2),
                        Units,
                        1,
                        [MeasuredRuns.Activation(1), MeasuredRuns.Filters(2)],
                        false,
                        2,
                        1
                    ),
                ],
            }
        );
    }

    private static Answer AssertIs(Verdict verdict, string cause, MeasuredQuestion question, MeasuredRuns run)
    {
        Answer answer = Ask(question, run);
        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"expected {verdict} {cause}, got {answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
        return answer;
    }
}
