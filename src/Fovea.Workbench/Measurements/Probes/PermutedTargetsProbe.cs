using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>permuted-targets</c>: whether the loss depends on which target belongs to which item.</summary>
/// <remarks>
/// <para>The mean loss in evaluation of the fixed items learned from, with their targets, and with the targets of each batch moved on
/// along one random cycle, so that no item keeps its own. A network that has learned anything does worse then; where the two are
/// equal, loss and targets meet in the wrong shape or axis, or the targets have no effect.</para>
/// <para>Values: <c>loss</c>; <c>permuted</c>; <c>error</c>, the standard error of their paired difference.</para>
/// </remarks>
public sealed class PermutedTargetsProbe : Probe
{
    /// <inheritdoc/>
    public override string Name => "permuted-targets";

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Batch[] batches =
        [
            .. context.Train.Where(b => b.Indices.Count > 1 && Trials.IsByItem(b.AllTargets, b.Indices.Count)),
        ];
        if (batches.Length == 0)
        {
            return [];
        }

        Rng rng = context.Random(Name);
        LossSample own = context.EvaluationLoss(batches),
            permuted = context.EvaluationLoss([.. batches.Select(b => Moved(b, rng))]);
        return [Line(context, ("loss", own.Mean), ("permuted", permuted.Mean), ("error", permuted.ErrorOf(own)))];
    }

    private static Batch Moved(Batch batch, Rng rng)
    {
        int[] cycle = rng.Permutation(batch.Indices.Count),
            from = new int[cycle.Length];
        for (int i = 0; i < cycle.Length; i++)
        {
            from[cycle[i]] = cycle[(i + 1) % cycle.Length];
        }

        return new Batch(batch.AllInputs, [.. batch.AllTargets.Select(t => t.Take(0, from))], batch.Indices);
    }
}
