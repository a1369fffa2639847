namespace Fovea.Workbench;

/// <summary>2.13, of a network in training: whether the first filters get the input at all, or a small part of it.</summary>
/// <remarks>Positions that no layer reads are gone, and so is what an average or a maximum of many positions before the first filters
/// leaves out; what follows cannot bring it back. That a sixteenth is too little is ours: first layers with a stride of 2 and a pool
/// of 2 (ResNet) keep a sixteenth of the positions behind filters, none that we know before them.</remarks>
public sealed class SkippedInputMeasured : MeasuredQuestion
{
    // Shares of positions.
    private const double MostLost = 0.75,
        LeastKept = 1.0 / 16.0;

    /// <inheritdoc/>
    public override string Id => "2.13";

    /// <inheritdoc/>
    public override string Text => "Does any stride skip input?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Graph.SpatialRank == 0 || FilterLayer.ByLayer(evidence) is not [[var first, ..], ..])
        {
            return NotApplicable("The input has no spatial axes, or no layer has filters.");
        }

        double lost = SkippedInput.Lost(evidence, evidence.Graph.Input),
            kept = Kept(evidence, first.Node.Inputs[0]);
        bool skips = lost > MostLost,
            pooled = kept <= LeastKept;
        return Answer(
            skips || pooled ? Verdict.Fix : Verdict.Ok,
            skips
                    ? $"{AxisText.Number(100.0 * lost)} % of the positions of the input are read by no layer: {first.Name} steps over them."
                : pooled
                    ? $"The input is brought to {AxisText.Number(100.0 * kept)} % of its positions before the first filters, {first.Name}: what lies within a window is one number."
                : "The first filters get the input as it is, and read all of it or most."
        ) with
        {
            Cause = skips || pooled ? Cause.ReceptiveField : "",
            Layers = skips || pooled ? [first.Name] : [],
            OnsetStep = skips || pooled ? 0 : null,
            Measured = [new("lost", 100.0 * lost, "%"), new("kept", 100.0 * kept, "%")],
            Threshold =
                "to fix: more than three quarters of the input's positions unread, or a sixteenth or less left before the first filters",
            Source = "positions counted from the network's structure; the shares are ours",
            Remedy =
                skips ? $"Make the windows of {first.Name} as wide as their stride, or its stride 1."
                : pooled ? $"Put filters before the pool: {first.Name} should see the input itself."
                : "",
        };
    }

    /// <summary>Positions of a value over those of the input; 1 where it has other axes.</summary>
    private static double Kept(Evidence evidence, Value value)
    {
        Shape own = value.Shape.Item,
            input = evidence.Input;
        return own.Rank != input.Rank ? 1.0 : Positions(own) / Positions(input);

        static double Positions(Shape shape) => (double)shape.Count / shape[0];
    }
}
