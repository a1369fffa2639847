namespace Fovea;

/// <summary>The mean of a whole map is taken from the sums of its rows, where the step that writes the map can leave
/// them (docs/decisions/0011-what-is-read-once-has-no-buffer.md).</summary>
internal sealed class MeanOfRowSums : LoweringRule
{
    /// <inheritdoc/>
    public override string Name => "mean of row sums";

    /// <inheritdoc/>
    public override LoweringPhase Phase => LoweringPhase.Stages;

    /// <inheritdoc/>
    public override bool Concerns(RuleSite site) =>
        site.Before is not null && site.Step.Form is PoolForm { Mean: true, Windows.IsGlobal: true };

    /// <inheritdoc/>
    public override void Apply(RuleSite site) => site.Draft.SumRows(site.Before!, site.Step, this);

    /// <inheritdoc/>
    protected override IEnumerable<Condition> Conditions(RuleSite site)
    {
        yield return new(
            site.Draft.DoneBefore(site.Before!)?.Form is ConvolutionForm,
            $"{site.Before!.Node.Name} is no depthwise convolution done together with the one before it"
        );
    }
}
