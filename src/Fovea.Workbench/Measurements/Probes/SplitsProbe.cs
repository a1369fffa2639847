using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>splits</c>: whether the items held out have the classes in another order than those learned from.</summary>
/// <remarks>
/// <para>The confusion matrix of the items held out, in evaluation, and the permutation of labels that makes most of them right: the
/// assignment problem (Kuhn, The Hungarian method, 1955), by shortest augmenting paths in O(K³).</para>
/// <para>Values: <c>accuracy</c>, 0-1; <c>permutedAccuracy</c>, after the best permutation, never below; <c>moved</c>, classes that
/// it renames; <c>items</c>. On a network that knows nothing the best permutation gains too, about a standard error a class. No lines
/// without classes or without items held out.</para>
/// </remarks>
public sealed class SplitsProbe : Probe
{
    /// <inheritdoc/>
    public override string Name => "splits";

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Classes == 0 || context.HeldOut.Count == 0)
        {
            return [];
        }

        (double[,] counts, int items) = Confusion(context);
        int[] best = Assignment.Largest(counts);
        double right = best.Select((_, label) => counts[label, label]).Sum(),
            permuted = best.Select((guess, label) => counts[label, guess]).Sum();
        return
        [
            Line(
                context,
                ("accuracy", right / items),
                ("permutedAccuracy", permuted / items),
                ("moved", permuted > right ? best.Where((guess, label) => guess != label).Count() : 0),
                ("items", items)
            ),
        ];
    }

    /// <summary>Items by label and by what was predicted, and how many there are.</summary>
    private static (double[,] Counts, int Items) Confusion(ProbeContext context)
    {
        int classes = context.Classes,
            items = 0;
        double[,] counts = new double[classes, classes];
        context.Model.Eval();
        using NoGrad scope = NoGrad.Enter();
        foreach (Batch batch in context.HeldOut)
        {
            int[] predicted = Predictions.Highest(context.Model.ForwardAll(batch.AllInputs)[0]);
            foreach ((int label, int guess) in Predictions.Labels(batch.Targets).Zip(predicted))
            {
                if (label >= 0 && label < classes && guess < classes)
                {
                    counts[label, guess]++;
                }

                items++;
            }
        }

        return (counts, items);
    }
}
