using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>mode-gap</c>: the loss of the same items as in training and as in evaluation.</summary>
/// <remarks>Values: <c>training</c>, the mean loss of the fixed items learned from with statistics of the batch and with units dropped;
/// <c>evaluation</c>, in evaluation; <c>error</c>, the standard error of their paired difference.</remarks>
public sealed class ModeGapProbe : Probe
{
    /// <inheritdoc/>
    public override string Name => "mode-gap";

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Train.Count == 0)
        {
            return [];
        }

        ProbeState start = new(context);
        context.SetTraining();
        LossSample training = context.Losses(context.Train);
        start.Restore(); // running statistics have moved
        LossSample evaluation = context.EvaluationLoss(context.Train);
        return
        [
            Line(
                context,
                ("training", training.Mean),
                ("evaluation", evaluation.Mean),
                ("error", training.ErrorOf(evaluation))
            ),
        ];
    }
}
