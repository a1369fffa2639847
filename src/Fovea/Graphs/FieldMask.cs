namespace Fovea.Graphs;

/// <summary>Finds the exact set of input positions that a position reads, by carrying sets backwards through the graph.
/// Sets of different paths are joined.</summary>
internal sealed class FieldMask(Graph graph, ReceptiveFields fields)
{
    private readonly Dictionary<Value, Flags> _sets = [];

    /// <summary>The set, one flag an input position.</summary>
    public bool[] Of(Value value, ReadOnlySpan<int> position)
    {
        Flags start = new(SizesOf(value));
        int index = 0,
            given = 0;
        for (int axis = 0; axis < start.Sizes.Length; axis++)
        {
            bool has = fields[value]!.Axes[axis].Axis >= 0;
            int at = has ? position[given++] : 0;
            index = (index * start.Sizes[axis]) + at;
        }

        start.Set[index] = true;
        _sets[value] = start;
        for (int i = value.Producer?.Index ?? -1; i >= 0; i--)
        {
            Node node = graph.Nodes[i];
            if (_sets.TryGetValue(node.Output, out Flags? set))
            {
                foreach ((int input, Value source) in node.Activations)
                {
                    Join(source, Back(node, input, source, set));
                }
            }
        }

        return _sets.TryGetValue(graph.Input, out Flags? result) ? result.Set : new Flags(SizesOf(graph.Input)).Set;
    }

    private int[] SizesOf(Value value) =>
        [.. fields[value]!.Axes.Select(a => a.Axis >= 0 ? value.Shape.Single[a.Axis] : 1)];

    private void Join(Value value, Flags set)
    {
        if (_sets.TryGetValue(value, out Flags? known))
        {
            for (int i = 0; i < set.Set.Length; i++)
            {
                known.Set[i] |= set.Set[i];
            }
        }
        else
        {
            _sets[value] = set;
        }
    }

    private Flags Back(Node node, int input, Value source, Flags set)
    {
        ReceptiveField field = fields[source]!;
        for (int axis = 0; axis < field.Axes.Count; axis++)
        {
            if (field.Axes[axis].Axis < 0)
            {
                set = set.Sizes[axis] == 1 ? set : set.Along(axis, AxisMap.All(1, set.Sizes[axis])); // a gate has no positions left
            }
            else if (fields.Reads(node, input, field.Axes[axis].Axis) is (_, AxisMap map and not IdentityAxis))
            {
                set = set.Along(axis, map);
            }
        }

        return ReferenceEquals(set, _sets[node.Output]) ? new Flags(set.Sizes, [.. set.Set]) : set;
    }

    /// <summary>A set of positions.</summary>
    private sealed record Flags(int[] Sizes, bool[] Set)
    {
        public Flags(int[] sizes)
            : this(sizes, new bool[sizes.Aggregate(1, (a, b) => a * b)]) { }

        /// <summary>The positions read, along one axis, by those in the set.</summary>
        public Flags Along(int axis, AxisMap map)
        {
            int[] sizes = [.. Sizes];
            sizes[axis] = map.In;
            Flags result = new(sizes);
            int inner = Sizes[(axis + 1)..].Aggregate(1, (a, b) => a * b),
                outer = Sizes[..axis].Aggregate(1, (a, b) => a * b);
            for (int o = 0; o < Sizes[axis]; o++)
            {
                int[] taps = [.. map.Taps(o).Where(t => t >= 0)];
                for (int block = 0; block < outer; block++)
                {
                    ReadOnlySpan<bool> from = Set.AsSpan(((block * Sizes[axis]) + o) * inner, inner);
                    for (int i = 0; i < inner && from.Contains(true); i++)
                    {
                        foreach (int tap in taps)
                        {
                            result.Set[(((block * map.In) + tap) * inner) + i] |= from[i];
                        }
                    }
                }
            }

            return result;
        }
    }
}
