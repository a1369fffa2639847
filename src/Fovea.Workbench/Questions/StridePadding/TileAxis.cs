namespace Fovea.Workbench;

/// <summary>Halo and grid of seamless tiles along one axis.</summary>
/// <param name="ReachFront">Input positions in front of a core that it sees.</param>
/// <param name="ReachBehind">And behind it.</param>
/// <param name="Front">The halo in front: whole steps of the grid.</param>
/// <param name="Behind">The halo behind.</param>
/// <param name="Grid">Input positions after which all layers begin anew: tiles begin there.</param>
internal sealed record TileAxis(double ReachFront, double ReachBehind, int Front, int Behind, int Grid)
{
    /// <summary>Follows back what a core of the map needs.</summary>
    /// <remarks>What each layer reads in front of the core and behind it, of any position of a period. All of it must lie
    /// in the tile: of the input, and of every map between, which transposed convolutions and negative padding make
    /// shorter than what its input could tell.</remarks>
    /// <param name="evidence">What is known of the network.</param>
    /// <param name="axis">0 is the outermost.</param>
    /// <param name="map">What tiles are to give.</param>
    public static TileAxis Of(Evidence evidence, int axis, Value map)
    {
        Node[] nodes = [.. evidence.Graph.Nodes.Take((map.Producer?.Index ?? -1) + 1)];
        int grid = nodes.Aggregate(1, (g, n) => AxisSizes.WithSteps(g, evidence.Fields[n.Output]?.Axes[axis]));
        Dictionary<Value, (int First, int Last)> needs = Needs(evidence.Fields, axis, map, nodes);
        int whole = (int)Math.Ceiling((double)evidence.InputSizes[axis] / grid) * grid;
        AxisSizes sizes = AxisSizes.Of(evidence, axis);
        double front = 0.0,
            behind = 0.0;
        foreach ((Value value, (int first, int last)) in needs.Where(n => n.Value.First < int.MaxValue))
        {
            double jump = evidence.Fields[value]!.Axes[axis].Main.Jump;
            double missing = sizes.At(value, whole) is { } size ? whole - (size * jump) : 0.0;
            front = Math.Max(front, -first * jump);
            behind = Math.Max(behind, ((last + 1) * jump) + missing);
        }

        (int before, int after) = needs.GetValueOrDefault(evidence.Graph.Input, (0, -1));
        return new TileAxis(
            Math.Max(0, -before),
            Math.Max(0, after + 1),
            RoundUp(front, grid),
            RoundUp(behind, grid),
            grid
        );
    }

    /// <summary>Of every value that tells on the map the first position that a core from 0 on reads, and the last that a
    /// core up to -1 reads.</summary>
    private static Dictionary<Value, (int First, int Last)> Needs(
        ReceptiveFields fields,
        int axis,
        Value map,
        Node[] nodes
    )
    {
        Dictionary<Value, (int First, int Last)> needs = new() { [map] = (0, -1) };
        foreach (Node node in nodes.Reverse())
        {
            if (needs.TryGetValue(node.Output, out (int First, int Last) need) && need.First < int.MaxValue)
            {
                foreach ((int input, Value value) in node.Activations)
                {
                    if (fields.MapOf(node, input, axis) is (_, AxisMap reads))
                    {
                        needs[value] = Joined(
                            reads,
                            need,
                            needs.GetValueOrDefault(value, (int.MaxValue, int.MinValue))
                        );
                    }
                }
            }
        }

        return needs;
    }

    private static (int First, int Last) Joined(AxisMap reads, (int First, int Last) need, (int First, int Last) known)
    {
        for (int i = 0; i < reads.Period.Outputs; i++)
        {
            foreach (int read in reads.Reach(need.First + i))
            {
                known.First = Math.Min(known.First, read);
            }

            foreach (int read in reads.Reach(need.Last - i))
            {
                known.Last = Math.Max(known.Last, read);
            }
        }

        return known;
    }

    private static int RoundUp(double reach, int grid) => (int)Math.Ceiling(reach / grid) * grid;
}
