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
        return [Line(context, ("loss", context.Losses(context.Train).Mean))];
    }
}
