using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions.Stacks;

public sealed class GeneralizationTests
{
    [Fact]
    public void Judge_NothingHeldOut_CannotTell() =>
        AssertIs(Verdict.CannotTell, "", Chain().Train(100, Falling).Epoch(1));

    // Best 0.50 with a standard error of 0.02: two standard errors of the difference are 0.057.
    [Theory]
    [InlineData(0.60, 0.60, 0.60, 0.80, Verdict.Fix)]
    [InlineData(0.60, 0.60, 0.55, 0.80, Verdict.Ok)] // within two standard errors
    [InlineData(0.60, 0.60, 0.60, 0.84, Verdict.Look)] // more are right: surer of its mistakes
    public void Judge_HeldOutLossAboveItsBest_NeedsThreeEpochsAndNoGain(
        double first,
        double second,
        double third,
        double right,
        Verdict verdict
    )
    {
        MeasuredRuns run = Run((0.9, 0.7), (0.50, 0.80), (first, right), (second, right), (third, right));

        Answer answer = AssertIs(verdict, verdict == Verdict.Ok ? "" : Cause.Overfitting, run);

        if (verdict == Verdict.Fix)
        {
            Assert.Equal(200, answer.OnsetStep); // the best was the second epoch of 100 updates
            Assert.Equal("3", answer.Options["patience"]);
            Assert.Contains("Since epoch 2 (update 200)", answer.Finding, StringComparison.Ordinal);
        }
    }

    // All of both parts are right: nothing is lost, however sure the network grows.
    [Fact]
    public void Judge_HeldOutLossRisesWithoutAGap_IsNoOverfitting() =>
        AssertIs(Verdict.Ok, "", Run((0.9, 0.85), (0.10, 0.87), (0.4, 0.87), (0.4, 0.87), (0.4, 0.87)));

    [Fact]
    public void Judge_TwoEpochsAboveTheBest_AreTooFew() =>
        AssertIs(Verdict.Ok, "", Run((0.9, 0.7), (0.50, 0.80), (0.7, 0.80), (0.7, 0.80)));

    [Fact]
    public void Judge_TrainingGetsWorseToo_IsNoOverfitting()
    {
        MeasuredRuns run = Chain();
        for (int e = 1; e <= 6; e++)
        {
            double loss = e <= 2 ? 0.5 : 0.9;
            run.Train(100, _ => loss, s => s with { Accuracy = e <= 2 ? 0.8 : 0.7 })
                .Epoch(e, x => x with { RunningLoss = loss, HeldOut = Part(loss, e <= 2 ? 0.8 : 0.7) });
        }

        AssertIs(Verdict.Ok, "", run);
    }

    // Newcombe's method 10: 64 of 100 (Wilson 54.2 to 72.7) less 48 of 200 (18.6 to 30.4): 40 - sqrt(9.8^2 + 6.4^2) = 28.3,
    // 40 + sqrt(8.7^2 + 5.4^2) = 50.3.
    [Fact]
    public void Judge_TestPartFarBelowTraining_NamesTheGapWithItsInterval()
    {
        MeasuredRuns run = Tested(0.64, 100, 48, 200);

        Answer answer = AssertIs(Verdict.Look, Cause.Overfitting, run);

        Assert.Contains(
            "64.0 % of the items learned from are right and 24.0 % of the 200 test items, a gap of 40.0 points (95 % interval 28.3 to 50.3)",
            answer.Finding,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0.64, 100, 120, 200)] // 64 % against 60 %
    [InlineData(1.0, 8, 150, 200)] // 8 items tell nothing of a gap of 25 points
    public void Judge_GapThatIsNotCertain_IsOk(double accuracy, int items, int right, int tested) =>
        AssertIs(Verdict.Ok, "", Tested(accuracy, items, right, tested));

    [Fact]
    public void Judge_AllOfTrainingKnownAndValidationFlat_IsNeverFix()
    {
        MeasuredRuns run = Chain();
        for (int e = 1; e <= 8; e++)
        {
            run.Train(100, Falling)
                .Epoch(e, x => x with { Train = Part(0.001, 1.0), HeldOut = Part(0.35, 0.92), RunningLoss = 0.01 / e });
        }

        AssertIs(Verdict.Look, Cause.Overfitting, run);
    }

    [Theory]
    [InlineData(300, 1.0, 0.99, Verdict.Fix)]
    [InlineData(20, 1.0, 0.99, Verdict.Ok)] // few near copies
    [InlineData(300, 0.7, 0.70, Verdict.Ok)] // not known by heart
    public void Judge_NoGapAndNearCopies_IsALeak(int near, double train, double heldOut, Verdict verdict)
    {
        MeasuredRuns run = Chain().With(r => r with { TrainItems = 1000 });
        run.Data = new DataReport
        {
            NeighboursAcrossParts = near,
            NeighboursLooked = 512,
            OthersLooked = 1000,
        };
        run.Train(100, Falling).Epoch(1, x => x with { Train = Part(0.01, train), HeldOut = Part(0.02, heldOut) });

        AssertIs(verdict, verdict == Verdict.Fix ? Cause.Leak : "", run);
    }

    [Fact]
    public void Judge_HeldOutLossOutOfProportion_IsNamedWithoutNormalization()
    {
        MeasuredRuns run = Run((0.9, 0.7)).Epoch(2, x => x with { RunningLoss = 1, HeldOut = Part(468639, 0.1) });

        Answer answer = AssertIs(Verdict.Look, Cause.Overfitting, run);

        Assert.Contains("sure of wrong answers", answer.Finding, StringComparison.Ordinal);
    }

    private static MeasuredRuns Tested(double accuracy, int items, int right, int tested)
    {
        MeasuredRuns run = Chain()
            .Train(10, Falling, s => s with { Accuracy = accuracy, Items = items / 10 })
            .Epoch(1, x => x with { Train = new MeasuredPart(items, 1, 0.1, (int)Math.Round(accuracy * items)) });
        run.Test = new MeasuredTest(1, new MeasuredPart(tested, 2, 0.1, right));
        return run;
    }

    private static MeasuredRuns Run(params (double Loss, double Right)[] heldOut)
    {
        MeasuredRuns run = Chain();
        for (int e = 1; e <= heldOut.Length; e++)
        {
            run.Train(100, Falling, s => s with { Accuracy = 0.87 })
                .Epoch(
                    e,
                    x => x with { RunningLoss = 0.9 / e, HeldOut = Part(heldOut[e - 1].Loss, heldOut[e - 1].Right) }
                );
        }

        return run;
    }

    private static MeasuredPart Part(double loss, double right) => new(1000, loss, 0.02, (int)Math.Round(1000 * right));

    private static Answer AssertIs(Verdict verdict, string cause, MeasuredRuns run)
    {
        Answer answer = Ask(new Generalization(), run);
        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"expected {verdict} {cause}, got {answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
        return answer;
    }
}
