using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The loss of the fixed items with the network as in training: half of what <see cref="ModeGapProbe"/> measures, where the
/// other half is known.</summary>
internal sealed class TrainingModeLoss : Probe
{
    /// <inheritdoc/>
    public override string Name => "training-mode";

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        context.SetTraining();
        double sum = 0,
            items = 0;
        using (NoGrad.Enter())
        {
            foreach (Batch batch in context.Train)
            {
                sum += context.LossOf(batch).Item() * batch.Indices.Count;
                items += batch.Indices.Count;
            }
        }

        return [Line(context, ("loss", sum / items))];
    }
}
