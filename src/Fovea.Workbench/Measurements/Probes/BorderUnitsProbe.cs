namespace Fovea.Workbench;

/// <summary><c>border-units</c>: units that answer differently at the border of their map than in its middle.</summary>
/// <remarks>
/// <para>The items are rolled, each by an offset drawn for it, so that what they show is the same everywhere, and what differs at the
/// border comes of padding alone. Of each unit the values on the first and on the last line of an axis are set against those on
/// three lines in the middle: the largest difference of their distributions (Kolmogorov, Smirnov) over 32 bins of equal counts. What
/// chance does, 199 permutations say, in each of which the map of every item is rolled by an offset drawn for it: without a border
/// they are all alike, however neighbours hang together. A unit is found where at most one of them reaches its difference, and
/// that is 0.5 or more. In evaluation, of up to 32 fixed items and 64 units of a layer.</para>
/// <para>Values, by layer of filters whose maps have 6 positions or more: <c>units</c>; <c>found</c>; <c>largest</c>, the largest
/// difference. Padding in circles gives none but by chance, in one of 100 units at most. No lines where the network cannot be traced
/// or has several inputs.</para>
/// <para>Gavrikov, Keuper: On the interplay of convolutional padding and adversarial robustness, 2023, and Padding aware neurons,
/// 2023, have the question; rolling the items is ours.</para>
/// </remarks>
public sealed class BorderUnitsProbe : Probe
{
    private const int Items = 32,
        Units = 64,
        Narrowest = 6,
        Permutations = 199;

    // Values of the largest map of all items together, and items there are all the same.
    private const int Together = 1 << 24,
        Fewest = 4;

    // Of that many permutations at most one reaches what was found: 1 %.
    private const int Reaching = 1;

    // Half of the values on one side lie beyond those of the other.
    private const double Apart = 0.5;

    /// <inheritdoc/>
    public override string Name => "border-units";

    /// <inheritdoc/>
    public override double Cost => 4;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (MapTrial.Of(context, Items) is not { } trial)
        {
            return [];
        }

        Dictionary<Value, Node> layers = trial
            .Graph.Nodes.Where(n => n.HasFilters() && IsMap(trial.Evidence, n.Output))
            .ToDictionary(n => n.Output);
        if (layers.Count == 0)
        {
            return [];
        }

        Rng rng = context.Random(Name);
        List<MeasuredProbe> lines = [];
        long largest = layers.Keys.Max(v => v.Shape.Single.Count);
        trial.Run(
            Rolled(trial.Input, (int)Math.Max(Fewest, Together / largest), rng),
            (value, tensor) =>
            {
                if (layers.TryGetValue(value, out Node? node))
                {
                    lines.Add(LineOf(context, node, Differences(tensor, rng)));
                }
            }
        );
        return lines;
    }

    private MeasuredProbe LineOf(ProbeContext context, Node node, double[] apart) =>
        Line(
            context,
            node.Name,
            ("units", apart.Length),
            ("found", apart.Count(d => d >= Apart)),
            ("largest", apart.Select(Math.Abs).DefaultIfEmpty(double.NaN).Max())
        );

    private static bool IsMap(Evidence evidence, Value value)
    {
        Shape one = value.Shape.Single;
        return one.Rank == 2 + evidence.Graph.SpatialRank
            && evidence.Fields[value] is { } field
            && field.Axes.Select((a, i) => a.HasPositions && a.Axis == 2 + i).All(own => own)
            && one.Sizes[2..].ToArray().All(n => n >= Narrowest);
    }

    /// <summary>Each item rolled by an offset of its own along each spatial axis.</summary>
    private static Tensor Rolled(Tensor input, int count, Rng rng)
    {
        Tensor[] items = [.. Enumerable.Range(0, Math.Min(count, input.Shape[0])).Select(i => input.Narrow(0, i, 1))];
        for (int i = 0; i < items.Length; i++)
        {
            for (int axis = 2; axis < input.Rank; axis++)
            {
                items[i] = items[i].Roll(rng.Next(input.Shape[axis]), axis);
            }
        }

        return Tensor.Concat(items, 0);
    }

    /// <summary>By unit the difference of border and middle; negative where chance gives as much.</summary>
    private static double[] Differences(Tensor maps, Rng rng)
    {
        int items = maps.Shape[0],
            channels = maps.Shape[1],
            units = Math.Min(channels, Units);
        int[] sizes = maps.Shape.Sizes[2..].ToArray();
        int[][] offsets =
        [
            .. Enumerable
                .Range(0, Permutations)
                .Select(_ =>
                    Enumerable.Range(0, items * sizes.Length).Select(i => rng.Next(sizes[i % sizes.Length])).ToArray()
                ),
        ];
        float[] values = maps.To(DType.Float32).ToArray();
        int size = sizes.Aggregate(1, (a, b) => a * b);
        double[] apart = new double[units];
        Parallel.For(
            0,
            units,
            u =>
            {
                int channel = (int)((long)u * channels / units);
                BorderLines lines = new(values, items, channels, channel, sizes);
                double own = lines.Difference(new int[items * sizes.Length]);
                int reached = own >= Apart ? offsets.Count(o => lines.Difference(o) >= own) : 0;
                apart[u] = reached <= Reaching ? own : -own;
            }
        );
        return apart;
    }
}

/// <summary>The values of a unit on lines of its maps, in bins, to set border against middle.</summary>
internal sealed class BorderLines
{
    private const int Bins = 32,
        Along = 8;

    private readonly int _items;
    private readonly int[] _sizes;

    // By axis: items, lines, positions along the line.
    private readonly byte[][] _bins;
    private readonly int[] _width;

    /// <summary>Sorts the values of a unit into bins.</summary>
    /// <param name="values">Maps of items and channels, the last axis fastest.</param>
    /// <param name="items">Items.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="channel">The unit.</param>
    /// <param name="sizes">Positions along each axis.</param>
    public BorderLines(float[] values, int items, int channels, int channel, int[] sizes)
    {
        (_items, _sizes) = (items, sizes);
        int size = sizes.Aggregate(1, (a, b) => a * b);
        double[][] taken = [.. sizes.Select((_, axis) => Taken(axis))];
        double[] sorted = [.. taken.SelectMany(t => t).Order()],
            edges =
            [.. Enumerable.Range(1, Bins - 1).Select(i => sorted[(int)((long)i * sorted.Length / Bins)]).Distinct()];
        _bins = [.. taken.Select(t => t.Select(v => Bin(edges, v)).ToArray())];
        _width = [.. taken.Select((t, axis) => t.Length / items / sizes[axis])];

        double[] Taken(int axis)
        {
            int[][] across = [.. Across(sizes, axis)];
            double[] found = new double[items * sizes[axis] * across.Length];
            for (int i = 0; i < found.Length; i++)
            {
                int[] place = across[i % across.Length];
                int rest = i / across.Length;
                long at = ((rest / sizes[axis] * (long)channels) + channel) * size;
                place[axis] = rest % sizes[axis];
                long index = 0;
                for (int a = 0; a < sizes.Length; a++)
                {
                    index = (index * sizes[a]) + place[a];
                }

                found[i] = values[at + index];
            }

            return found;
        }
    }

    /// <summary>The largest difference of the distributions at the border of an axis and in its middle, over axes and
    /// ends.</summary>
    /// <param name="offsets">By item and axis: by how many positions the map is rolled first.</param>
    public double Difference(int[] offsets)
    {
        double largest = 0.0;
        Span<int> first = stackalloc int[Bins],
            last = stackalloc int[Bins],
            middle = stackalloc int[Bins];
        for (int axis = 0; axis < _sizes.Length; axis++)
        {
            first.Clear();
            last.Clear();
            middle.Clear();
            int n = _sizes[axis];
            for (int item = 0; item < _items; item++)
            {
                int offset = offsets[(item * _sizes.Length) + axis];
                Count(first, axis, item, offset);
                Count(last, axis, item, offset + n - 1);
                Count(middle, axis, item, offset + (n / 3));
                Count(middle, axis, item, offset + (n / 2));
                Count(middle, axis, item, offset + (2 * n / 3));
            }

            int border = _items * _width[axis];
            largest = Math.Max(largest, Math.Max(Apart(first, middle, border), Apart(last, middle, border)));
        }

        return largest;
    }

    private void Count(Span<int> bins, int axis, int item, int line)
    {
        int start = ((item * _sizes[axis]) + (line % _sizes[axis])) * _width[axis];
        foreach (byte bin in _bins[axis].AsSpan(start, _width[axis]))
        {
            bins[bin]++;
        }
    }

    private static double Apart(Span<int> border, Span<int> middle, int count)
    {
        int below = 0,
            within = 0;
        double largest = 0.0;
        for (int i = 0; i < Bins; i++)
        {
            below += border[i];
            within += middle[i];
            largest = Math.Max(largest, Math.Abs(below - (within / 3.0)));
        }

        return largest / count;
    }

    private static byte Bin(double[] edges, double value)
    {
        int found = Array.BinarySearch(edges, value);
        return (byte)(found >= 0 ? found + 1 : ~found);
    }

    /// <summary>Some places across an axis, spread evenly; that along it is left 0.</summary>
    private static IEnumerable<int[]> Across(int[] sizes, int axis)
    {
        int count = sizes.Where((_, a) => a != axis).Aggregate(1, (a, b) => a * b),
            some = Math.Min(count, Along);
        for (int i = 0; i < some; i++)
        {
            int rest = (int)(((2L * i) + 1) * count / (2 * some));
            int[] place = new int[sizes.Length];
            for (int a = sizes.Length - 1; a >= 0; a--)
            {
                if (a != axis)
                {
                    (place[a], rest) = (rest % sizes[a], rest / sizes[a]);
                }
            }

            yield return place;
        }
    }
}
