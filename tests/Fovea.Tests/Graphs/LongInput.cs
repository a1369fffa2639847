namespace Fovea.Tests;

/// <summary>A network on an input so long along one axis that the positions in the middle see no border.</summary>
/// <param name="Graph">The network on it.</param>
/// <param name="Item">The input.</param>
/// <param name="Middle">Output positions along the axis, and the first and last input position that has a
/// gradient.</param>
internal sealed record LongInput(Graph Graph, Shape Item, IReadOnlyList<(int Position, FieldSpan? Extent)> Middle)
{
    private const int Longest = 1200,
        MostPositions = 64,
        FewestPositions = 12;
    private const long MostValues = 60_000;

    /// <summary>Doubles the input until the fields in the middle third are far from its ends.</summary>
    /// <returns>Null where none was long enough.</returns>
    public static LongInput? Of(RandomNetwork network, int axis, Rng rng)
    {
        for (int length = 48; length <= Longest; length *= 2)
        {
            int[] sizes = [.. network.Item.Sizes];
            sizes[1 + axis] = length;
            Shape item = Shape.Create(sizes);
            if (Traced(network.Module, item) is not { } graph || !IsFit(graph, axis))
            {
                return null;
            }

            LongInput input = new(graph, item, InTheMiddle(network.Module, graph, item, axis, rng));
            int largest = input.Middle.Max(m => m.Extent?.Size ?? 0);
            if (largest > 0 && largest <= length / 4)
            {
                return input;
            }
        }

        return null;
    }

    /// <summary>The positions of an axis at which a set has anything.</summary>
    public static IEnumerable<int> Along(bool[] set, Shape item, int axis)
    {
        int inner = item.Sizes[(2 + axis)..].ToArray().Aggregate(1, (a, b) => a * b);
        return Enumerable.Range(0, set.Length).Where(i => set[i]).Select(i => i / inner % item[1 + axis]).Distinct();
    }

    /// <summary>The network on the input; null where it does not fit.</summary>
    private static Graph? Traced(Module network, Shape item)
    {
        try
        {
            return Graph.Trace(network, item);
        }
        catch (ShapeException)
        {
            return null;
        }
    }

    /// <summary>Whether every map has a middle, and none is too large to be quick.</summary>
    private static bool IsFit(Graph graph, int axis) =>
        graph
            .Nodes.Select(n => n.Output.Shape.Single)
            .All(s => s.Count <= MostValues && (s.Rank != graph.Output.Shape.Rank || s[2 + axis] >= FewestPositions));

    private static List<(int, FieldSpan?)> InTheMiddle(Module network, Graph graph, Shape item, int axis, Rng rng)
    {
        Shape map = graph.Output.Shape.Single;
        int size = map[2 + axis],
            first = size / 3,
            count = Math.Min(MostPositions, Math.Max(1, (2 * size / 3) - first));
        int inner = map.Sizes[(3 + axis)..].ToArray().Aggregate(1, (a, b) => a * b),
            plane = (int)(map.Count / map[1]);
        int[][] parts =
        [
            .. Enumerable
                .Range(first, count)
                .Select(p => Enumerable.Range(0, plane).Where(i => i / inner % size == p).ToArray()),
        ];
        return
        [
            .. GradientSets
                .Of(network, item, rng, parts)
                .Select(
                    (set, i) =>
                    {
                        int[] read = [.. Along(set, item, axis)];
                        return (first + i, read.Length == 0 ? (FieldSpan?)null : new FieldSpan(read.Min(), read.Max()));
                    }
                ),
        ];
    }
}
