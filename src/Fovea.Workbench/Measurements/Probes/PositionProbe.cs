using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>position</c>: from which layers on the place of a dot can no longer be read.</summary>
/// <remarks>
/// <para>Bright dots are planted at 144 random places in the middle of a ground of each channel's mean; a linear read-out of a layer's
/// whole output is fitted to 96 of them and asked about the others (Islam, Jia, Bruce 2020, How much position information do
/// convolutional neural networks encode?). Of the input and up to 12 values: what layers of filters and pools give, and the
/// network's outputs.</para>
/// <para>By value, in the order of execution: <c>read</c>, the share of the variance of the place that is read, 0-1;
/// <c>positions0</c>, by axis the positions that the value has, 1 where there are none left. No lines for networks of several
/// inputs, or without spatial axes.</para>
/// </remarks>
public sealed class PositionProbe : Probe
{
    private const int Items = 64,
        MostValues = 12;

    /// <inheritdoc/>
    public override string Name => "position";

    /// <inheritdoc/>
    public override double Cost => 15;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (
            (context.Train.Count > 0 ? context.Train : context.HeldOut) is not [var batch, ..]
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

        Value[] values = [.. Chosen(graph)];
        Rng rng = context.Random(Name);
        PositionReadout dots = PositionReadout.Of(x.Narrow(0, 0, Math.Min(Items, x.Shape[0])), rng);
        return
        [
            .. values
                .Zip(dots.Read(graph, values))
                .Select(v => Line(context, v.First.Name, Values(graph, v.First, v.Second)))
                .ToArray(),
        ];
    }

    /// <summary>The input, then filters, pools and whatever else changes the number of positions, and outputs.</summary>
    private static IEnumerable<Value> Chosen(Graph graph)
    {
        Value[] inside =
        [
            .. graph
                .Nodes.Where(n => n.Output.IsActivation && n.Output.Shape.Rank > 1 && n.Output.Shape.HasBatch)
                .Where(n => n.HasFilters() || n.Has(OperatorTraits.Pool) || ChangesSize(graph, n))
                .Select(n => n.Output)
                .Concat(graph.Outputs.Where(o => o.Producer is not null))
                .Distinct(),
        ];
        return FilterStatistics
            .Spread(inside.Length, MostValues)
            .Select(i => inside[^(i + 1)])
            .Reverse()
            .Prepend(graph.Input);
    }

    private static bool ChangesSize(Graph graph, Node node) =>
        graph.SpatialRank > 0
        && !node.Has(OperatorTraits.Moves)
        && node.Activations.Any(a => !Positions(a.Value).SequenceEqual(Positions(node.Output)));

    private static int[] Positions(Value value) => [.. value.Shape.Single.Sizes.ToArray().Skip(2)];

    private static IEnumerable<(string Name, double Value)> Values(Graph graph, Value value, double read)
    {
        yield return ("read", read);
        Shape shape = value.Shape.Single;
        for (int axis = 0; axis < graph.SpatialRank; axis++)
        {
            yield return ($"positions{axis}", shape.Rank == graph.SpatialRank + 2 ? shape[axis + 2] : 1);
        }
    }
}
