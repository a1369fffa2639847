using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions.Stacks;

/// <summary>3.11: batches of one item under batch normalization. The published ResNet for series gives 30.07 % on
/// DiatomSizeReduction so, a constant answer.</summary>
public sealed class OneItemBatchTests
{
    [Theory]
    [InlineData(1, 0.45, 1.6, Verdict.Fix)] // 6 of 16 right in evaluation
    [InlineData(1, 0.45, 0.5, Verdict.Look)] // a fact that does no harm
    [InlineData(2, 0.45, 1.6, Verdict.NotApplicable)]
    public void Ask_OneItemABatch_IsAtFaultWhereEvaluationSuffers(
        int batch,
        double running,
        double evaluated,
        Verdict verdict
    )
    {
        MeasuredRuns run = Chain()
            .With(r =>
                r with
                {
                    Batch = batch,
                    TrainItems = 16,
                    Normalizations = ["bn1"],
                    NormalizationMomentum = [0.1],
                }
            )
            .Train(250, Falling)
            .Epoch(4, e => e with { RunningLoss = running, Train = new MeasuredPart(16, evaluated, 0.3, 6) });
        Answer answer = Ask(new NormalizationMeasured(), run);
        Networks.AssertVerdict(verdict, answer);
        if (verdict == Verdict.Fix)
        {
            Assert.Equal((Cause.SmallBatchStatistics, "8"), (answer.Cause, answer.Options["batch"]));
        }
    }
}
