namespace Fovea.Workbench;

/// <summary>Which input sizes let every convolution add context, and which leave some of them none to add.</summary>
/// <remarks>
/// Receptive-field analysis: a convolution can add no context where all it reads already sees the whole input on the
/// path that sees least. Richter, Byttner, Krumnack, Wiedenroth, Schallner,
/// Shenk 2021, (Input) Size Matters for CNN Classifiers; Richter, Schöning, Wiedenroth, Krumnack 2021, Should You Go
/// Deeper?, https://arxiv.org/abs/2106.12307.
/// </remarks>
internal static class ContextLayers
{
    /// <summary>The convolutions over maps that still have positions.</summary>
    public static IEnumerable<Node> Convolutions(Evidence evidence) =>
        evidence.Graph.Nodes.Where(n =>
            n.Operator.Filters(n.Shapes) is { Kernel.Count: > 0 }
            && evidence.Fields[n.Inputs[0]] is { } field
            && field.Axes.All(a => a.HasPositions)
        );

    /// <summary>Whether a convolution has no context to add at the present input: what it reads already sees all, or
    /// its kernel spans its whole map.</summary>
    public static bool IsUnproductive(Evidence evidence, Node convolution)
    {
        IReadOnlyList<AxisField> before = evidence.Fields[convolution.Inputs[0]]!.Axes,
            after = evidence.Fields[convolution.Output]!.Axes;
        bool seesAll = Enumerable
            .Range(0, before.Count)
            .All(i => Math.Min(before[i].Shortest.Size, after[i].Shortest.Size) >= evidence.InputSizes[i]);
        IReadOnlyList<(int Axis, WindowAxisMap Window)> windows = evidence.WindowsOf(convolution);
        return seesAll
            || (
                windows.Count > 0
                && windows.All(w => w.Window.Extent >= w.Window.In)
                && windows.Any(w => w.Window.Kernel > 1)
            );
    }

    /// <summary>The least input size, by axis, above which no convolution reads only units that see all: the largest
    /// field of least paths that a convolution reads.</summary>
    public static int[] Least(Evidence evidence) =>
        Largest(evidence, c => evidence.Fields[c.Inputs[0]]!.Axes.Select(a => a.Shortest.Size));

    /// <summary>The largest field of any convolution, by axis: a larger input has no unit that sees all of
    /// it.</summary>
    public static int[] Most(Evidence evidence) => Largest(evidence, c => evidence.Fields[c.Output]!.Size);

    private static int[] Largest(Evidence evidence, Func<Node, IEnumerable<int>> sizes)
    {
        int[] largest = new int[evidence.Graph.SpatialRank];
        foreach (Node convolution in Convolutions(evidence))
        {
            int axis = 0;
            foreach (int size in sizes(convolution))
            {
                largest[axis] = Math.Max(largest[axis], size);
                axis++;
            }
        }

        return largest;
    }
}
