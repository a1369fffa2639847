using System.Diagnostics;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What one batch says about a training run.</summary>
/// <param name="Plan">What would be done.</param>
/// <param name="Input">The batch's shape.</param>
/// <param name="Scores">The shape of the class scores.</param>
/// <param name="Loss">The loss at first; a network that knows nothing has ln(classes).</param>
/// <param name="Milliseconds">Time of one batch forward and backward, the second of two.</param>
public sealed record DryRunResult(TrainingPlan Plan, Shape Input, Shape Scores, double Loss, double Milliseconds)
{
    /// <summary>Time of all epochs at that speed, without measuring and saving; at most
    /// <see cref="TimeSpan.MaxValue"/>.</summary>
    public TimeSpan Estimate
    {
        get
        {
            double all = Milliseconds * Plan.BatchesPerEpoch * Plan.Options.Epochs;
            return all < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(all) : TimeSpan.MaxValue;
        }
    }

    internal static DryRunResult Of(TrainingSession session, TrainingPlan plan)
    {
        session.CheckFit();
        Batch batch = session.Loader.Epoch(0).First();
        (Shape scores, double loss, _) = Once(session, batch); // the first call compiles and fills caches
        (_, _, double milliseconds) = Once(session, batch);
        return new DryRunResult(plan, batch.Inputs.Shape, scores, loss, milliseconds);
    }

    private static (Shape Scores, double Loss, double Milliseconds) Once(TrainingSession session, Batch batch)
    {
        long start = Stopwatch.GetTimestamp();
        (Tensor loss, IReadOnlyList<Tensor> outputs) = session.Try(batch);
        return (outputs[0].Shape, loss.Item(), Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
