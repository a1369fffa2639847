using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>field</c>: which part of its receptive field the middle unit of a map really uses.</summary>
/// <remarks>
/// <para>Of four maps spread over the network, the last of them the last there is: the squared gradient of the middle unit, its
/// channels with random signs, by up to 8 items held out, or else of the fixed items (Luo and others 2016, Understanding the
/// effective receptive field in deep convolutional neural networks).</para>
/// <para>By map: <c>side50</c>, <c>side95</c>: the side of the smallest square around the middle that holds 50 and 95 % of it; by axis
/// <c>predicted0</c>, what structure says that the unit sees of the input, <c>input0</c> positions of the input, and
/// <c>deviation0</c>, the standard deviation of what is used. Sides of 0: the unit does not depend on the input. No lines for
/// networks of several inputs, or without spatial axes.</para>
/// </remarks>
public sealed class FieldProbe : Probe
{
    private const int Items = 8,
        Maps = 4;

    /// <inheritdoc/>
    public override string Name => "field";

    /// <inheritdoc/>
    public override double Cost => 3;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (
            (context.HeldOut.Count > 0 ? context.HeldOut : context.Train) is not [var batch, ..]
            || batch.AllInputs is not [{ Rank: > 2 } x]
            || x.DType == DType.Int64
        )
        {
            return [];
        }

        context.Model.Eval();
        if (context.Trace(batch) is not { } graph)
        {
            return [];
        }

        Evidence evidence = new(graph);
        Tensor items = x.Narrow(0, 0, Math.Min(Items, x.Shape[0]));
        Rng rng = context.Random(Name);
        return
        [
            .. Chosen(evidence)
                .Select(map => (map.Name, Field: EffectiveField.Of(graph, evidence.Fields, map, items, rng)))
                .Where(f => f.Field is not null)
                .Select(f => Line(context, f.Name, Values(f.Field!, x.Shape.Sizes[2..].ToArray())))
                .ToArray(),
        ];
    }

    private static IEnumerable<Value> Chosen(Evidence evidence)
    {
        Value[] maps =
        [
            .. FilterLayer
                .Of(evidence)
                .Select(l => l.Node.Output)
                .Append(evidence.LastMap)
                .Distinct()
                .Where(v => EffectiveField.HasPositions(evidence.Graph, evidence.Fields, v)),
        ];
        return FilterStatistics.Spread(maps.Length, Maps).Select(i => maps[^(i + 1)]).Reverse();
    }

    private static IEnumerable<(string Name, double Value)> Values(EffectiveField field, int[] sizes)
    {
        yield return ("side50", field.Side(0.5));
        yield return ("side95", field.Side(0.95));
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            yield return ($"predicted{axis}", field.Predicted[axis]);
            yield return ($"input{axis}", sizes[axis]);
            yield return ($"deviation{axis}", field.Deviation(axis));
        }
    }
}
