namespace Fovea.Workbench;

/// <summary>2.17: which tile size and halo give seamless inference.</summary>
/// <remarks>
/// With output position i seeing jump * i + low to jump * i + high, a core of whole steps needs -low input positions in
/// front of it and high - jump + 1 behind; behind up-sampling the most that any position of a period needs, with the
/// period's advance for the jump. Tiles must begin where all periods begin, so that every layer falls on the same positions
/// as in the whole; halos are therefore rounded up to that grid. At the border of the image a tile ends where the image
/// does.
/// </remarks>
public sealed class TileHalo : Question
{
    /// <inheritdoc/>
    public override string Id => "2.17";

    /// <inheritdoc/>
    public override string Text => "Which tile size and halo give seamless inference?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        int rank = evidence.Graph.SpatialRank;
        bool whole = rank > 0 && HasPositions(evidence, evidence.Graph.Output);
        Value map = whole ? evidence.Graph.Output : evidence.LastMap;
        if (rank == 0 || !HasPositions(evidence, map))
        {
            return rank == 0
                ? NotApplicable("The input has no spatial axes.")
                : CannotTell("The receptive field of the last map is not known along every axis.");
        }

        int last = map.Producer?.Index ?? -1;
        if (Impossible(evidence, map, whole, last) is { } impossible)
        {
            return impossible;
        }

        return Answer(
            evidence,
            map,
            whole,
            [.. Enumerable.Range(0, rank).Select(axis => TileAxis.Of(evidence, axis, map))]
        );
    }

    /// <summary>The answer where no halo is enough; null where one is.</summary>
    private Answer? Impossible(Evidence evidence, Value map, bool whole, int last)
    {
        if (JoinsAll(evidence, map, last) is { } layer)
        {
            return Answer(
                whole ? Verdict.Look : Verdict.NotApplicable,
                $"No halo makes tiles equal the whole: {layer} depends on all positions."
            ) with
            {
                Layers = [layer],
                Remedy = whole
                    ? "Use one size for training and inference, or batch normalization and no global pooling."
                    : "",
            };
        }

        if (FollowsSize(evidence, last) is { } divider)
        {
            return Answer(
                whole ? Verdict.Look : Verdict.NotApplicable,
                $"No halo makes tiles equal the whole: {divider} divides its map by the map's size, which in a tile is another."
            ) with
            {
                Layers = [divider],
                Remedy = whole ? "Resample by a factor instead of to a size, without aligned corners." : "",
            };
        }

        return null;
    }

    private Answer Answer(Evidence evidence, Value map, bool whole, TileAxis[] axes)
    {
        bool useful = axes.Select((a, i) => a.Front + a.Grid + a.Behind < evidence.InputSizes[i]).Any(b => b);
        string halo = AxisText.ByAxis([
            .. axes.Select(a =>
                $"{a.Front} pixels in front and {a.Behind} behind, tiles beginning at multiples of {a.Grid}"
            ),
        ]);
        string text = whole
            ? $"Seamless tiles need a halo of {halo}."
            : $"Pooling or a linear layer ends the network, so its output is no map; for its last map, {map.Name}, tiles need a halo of {halo}.";
        return Answer(
            whole ? Verdict.Ok : Verdict.NotApplicable,
            useful || !whole ? text : $"{text} At {evidence.InputText} a tile would be as large as the whole."
        ) with
        {
            Layers = [map.Name],
            Predicted =
            [
                .. AxisText.Quantities("haloFront", [.. axes.Select(a => (double)a.Front)], "pixels"),
                .. AxisText.Quantities("haloBehind", [.. axes.Select(a => (double)a.Behind)], "pixels"),
                .. AxisText.Quantities("reachFront", [.. axes.Select(a => a.ReachFront)], "pixels"),
                .. AxisText.Quantities("reachBehind", [.. axes.Select(a => a.ReachBehind)], "pixels"),
                .. AxisText.Quantities("grid", [.. axes.Select(a => (double)a.Grid)], "pixels"),
            ],
            Threshold = "halo in front >= -low, behind >= high - jump + 1, both rounded up to the total stride",
            Source = "lines of the receptive field, as in question 2.4",
            Experiment =
                $"fovea inspect {evidence.Model} --input {evidence.Input[0]}x{AxisText.Sizes(axes.Select(a => a.Front + (4 * a.Grid) + a.Behind))}",
        };
    }

    private static bool HasPositions(Evidence evidence, Value value) =>
        evidence.Fields[value] is { } field && field.Axes.All(a => a.HasPositions);

    /// <summary>The layer that joins all positions on the way to a map; null where there is none.</summary>
    private static string? JoinsAll(Evidence evidence, Value map, int last) =>
        evidence
            .Graph.Nodes.Take(last + 1)
            .FirstOrDefault(n =>
                (n.Operator.Traits & OperatorTraits.UsesItemStatistics) != 0
                || (evidence.Fields[n.Output] is { } field && field.Axes.Any(a => a.SeesAllThroughGate))
            )
            ?.Name
        ?? (evidence.Fields[map]!.Axes.Any(a => a.SeesAllThroughGate) ? map.Name : null);

    /// <summary>The layer that divides its map by the map's size, as an adaptive pool does, so that in a tile it reads
    /// otherwise than in the whole; null where there is none.</summary>
    private static string? FollowsSize(Evidence evidence, int last) =>
        evidence
            .Graph.Nodes.Take(last + 1)
            .FirstOrDefault(n =>
                Enumerable.Range(0, evidence.Graph.SpatialRank).Any(axis => FollowsSize(evidence.Fields, n, axis))
            )
            ?.Name;

    private static bool FollowsSize(ReceptiveFields fields, Node node, int axis)
    {
        if (
            node.Inputs.Count == 0
            || fields[node.Inputs[0]]?.Axes[axis].Axis is not (>= 0 and int along)
            || fields.MapOf(node, 0, axis) is not (_, TableAxisMap table)
        )
        {
            return false;
        }

        int[] sizes = node.Shapes.Inputs[0].Sizes.ToArray();
        sizes[along] *= 2;
        Shape[] twice = [Shape.Create(sizes), .. node.Shapes.Inputs.Skip(1)];
        OperatorShapes shapes = new(twice, node.Operator.OutputShape(twice));
        return node.Operator.ReadsOf(shapes, 0, along)?.Map.Period != table.Period;
    }
}
