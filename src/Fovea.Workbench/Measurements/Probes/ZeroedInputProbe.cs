namespace Fovea.Workbench;

/// <summary><c>zeroed-input</c>: whether the network uses its input.</summary>
/// <remarks>Values, in evaluation on the fixed items learned from: <c>loss</c> and <c>right</c>, items predicted right;
/// <c>zeroed</c> and <c>zeroedRight</c>, the same with all inputs 0; <c>error</c>, the standard error of the paired difference of
/// the losses; <c>items</c>. Counts of right items are NaN where items have no class.</remarks>
public sealed class ZeroedInputProbe : Probe
{
    /// <inheritdoc/>
    public override string Name => "zeroed-input";

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

        LossSample own = context.EvaluationLoss(context.Train),
            zeroed = context.EvaluationLoss([
                .. context.Train.Select(b => Trials.WithInputs(b, t => Tensor.Zeros(t.Shape, t.DType))),
            ]);
        bool counts = context.Classes > 0;
        return
        [
            Line(
                context,
                ("loss", own.Mean),
                ("zeroed", zeroed.Mean),
                ("error", zeroed.ErrorOf(own)),
                ("right", counts ? own.Right : double.NaN),
                ("zeroedRight", counts ? zeroed.Right : double.NaN),
                ("items", own.Items)
            ),
        ];
    }
}
