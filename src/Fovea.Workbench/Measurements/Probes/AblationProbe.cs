using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>ablation</c>: how much the loss rises without a filter.</summary>
/// <remarks>
/// <para>The mean loss in evaluation of up to 128 of the items held out, or else of the fixed items, with one filter of a layer
/// giving 0 at a time, behind its normalization and activation function; 32 filters in all, of each layer as many, chosen
/// at random.</para>
/// <para>By layer: <c>loss</c> of the whole network; <c>items</c>; <c>filters</c> of the layer; <c>tried</c>; <c>without</c>, of them those without which
/// the loss is the same to the bit; by filter <c>rise3</c>, by how much the loss rises without filter 3, and <c>error3</c>, the standard
/// error of this paired difference. Layers whose channels are the network's answer are left out.</para>
/// </remarks>
public sealed class AblationProbe : Probe
{
    private const int Items = 128,
        MostFilters = 32;

    /// <inheritdoc/>
    public override string Name => "ablation";

    /// <inheritdoc/>
    public override double Cost => 45;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Batch> batches = Trials.Some(context.HeldOut.Count > 0 ? context.HeldOut : context.Train, Items);
        if (batches.Count == 0)
        {
            return [];
        }

        context.Model.Eval();
        if (
            context.Trace(batches[0]) is not { } graph
            || FilterAblation.Of(graph) is not { Layers.Count: > 0 } ablation
        )
        {
            return [];
        }

        ProbeContext silenced = new()
        {
            Model = ablation.Module,
            Loss = context.Loss,
            Classes = context.Classes,
        };
        LossSample whole = silenced.Losses(batches);
        return
        [
            .. ablation
                .Choose(MostFilters, context.Random(Name))
                .Select(chosen => Line(context, chosen.Layer.Name, Values(chosen.Layer, chosen.Filters)))
                .ToArray(),
        ];

        List<(string Name, double Value)> Values(FilterAblation.Silenced layer, int[] filters)
        {
            List<(string, double)> values =
            [
                ("loss", whole.Mean),
                ("items", whole.Items),
                ("filters", layer.Filters),
                ("tried", filters.Length),
            ];
            int without = 0;
            foreach (int filter in filters)
            {
                LossSample less = layer.Without(filter, () => silenced.Losses(batches));
                values.Add(($"rise{filter}", less.Mean - whole.Mean));
                values.Add(($"error{filter}", less.ErrorOf(whole)));
                without += less.Mean == whole.Mean && less.ErrorOf(whole) is 0.0 or double.NaN ? 1 : 0;
            }

            values.Add(("without", without));
            return values;
        }
    }
}
