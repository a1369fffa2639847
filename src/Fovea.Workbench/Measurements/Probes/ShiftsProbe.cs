using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>shifts</c>: whether answers stay when an item moves by one position.</summary>
/// <remarks>
/// <para>Each item, of those held out or else of those learned from, is moved once, by one position in a direction drawn for it;
/// what leaves at one end comes in at the other. In evaluation. A network of stride 1 with circular padding and a global average
/// behind it gives the same answers exactly.</para>
/// <para>Values: <c>same</c>, items whose class stays; <c>items</c>; <c>change</c>, the root mean square by which outputs change over
/// that by which they differ between items. <c>same</c> is NaN where items have no class. No lines for inputs or outputs of which
/// only these, or not these, have positions.</para>
/// <para>Zhang: Making convolutional networks shift-invariant again, ICML 2019.</para>
/// </remarks>
public sealed class ShiftsProbe : Probe
{
    /// <inheritdoc/>
    public override string Name => "shifts";

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Rng rng = context.Random(Name);
        int same = 0,
            items = 0;
        List<double[]> outputs = [];
        double changed = 0.0;
        context.Model.Eval();
        using NoGrad scope = NoGrad.Enter();
        foreach (Batch batch in context.HeldOut.Count > 0 ? context.HeldOut : context.Train)
        {
            int count = batch.Indices.Count;
            if (
                !HasPositions(batch, count)
                || context.Model.ForwardAll(batch.AllInputs)[0] is not { Rank: 2 } answers
                || answers.Shape[0] != count
            )
            {
                return [];
            }

            (int[] order, IReadOnlyList<Tensor> moved) = Moved(batch.AllInputs, count, rng);
            Tensor before = answers.Take(0, order);
            Tensor after = context.Model.ForwardAll(moved)[0];
            same += Predictions.Highest(before).Zip(Predictions.Highest(after)).Count(p => p.First == p.Second);
            items += count;
            changed += (after - before).Square().Sum().Item();
            outputs.Add(before.ToArray<double>());
        }

        double change = Math.Sqrt(changed / Spread([.. outputs.SelectMany(o => o)], Math.Max(1, items)));
        return items == 0
            ? []
            : [Line(context, ("same", context.Classes > 0 ? same : double.NaN), ("items", items), ("change", change))];
    }

    private static bool HasPositions(Batch batch, int count) =>
        batch.AllInputs.All(t => t.Rank > 2 && t.Rank == batch.Inputs.Rank) && Trials.IsByItem(batch.AllInputs, count);

    /// <summary>The items moved, those of one direction together, and which they are.</summary>
    private static (int[] Order, IReadOnlyList<Tensor> Moved) Moved(IReadOnlyList<Tensor> inputs, int count, Rng rng)
    {
        int directions = 2 * (inputs[0].Rank - 2);
        int[] direction = [.. Enumerable.Range(0, count).Select(_ => rng.Next(directions))];
        IGrouping<int, int>[] groups = [.. Enumerable.Range(0, count).GroupBy(i => direction[i]).OrderBy(g => g.Key)];
        return (
            [.. groups.SelectMany(g => g)],
            [
                .. inputs.Select(t =>
                    Tensor.Concat(
                        [.. groups.Select(g => t.Take(0, [.. g]).Roll(g.Key % 2 == 0 ? 1 : -1, 2 + (g.Key / 2)))],
                        0
                    )
                ),
            ]
        );
    }

    /// <summary>Sum of the squares of outputs, each less its mean over the items.</summary>
    private static double Spread(double[] outputs, int items)
    {
        int width = outputs.Length / items;
        double[] means = new double[width];
        for (int i = 0; i < outputs.Length; i++)
        {
            means[i % width] += outputs[i] / items;
        }

        return outputs.Select((value, i) => (value - means[i % width]) * (value - means[i % width])).Sum();
    }
}
