namespace Fovea.Workbench;

/// <summary>A network at one input size.</summary>
/// <param name="Item">The input.</param>
/// <param name="Error">Why the network does not take it; null where it does.</param>
/// <param name="LastMap">Shape of the last map, without the batch.</param>
/// <param name="Uneven">Strided operators that leave the end of their padded input unread.</param>
/// <param name="Macs">Operations of the batch, by the convention.</param>
public sealed record SizedNetwork(Shape Item, string? Error, Shape? LastMap, IReadOnlyList<string> Uneven, long Macs)
{
    /// <summary>Whether the network takes it and every stride comes out even.</summary>
    public bool IsEven => Error is null && Uneven.Count == 0;
}

/// <summary>A network at a range of input sizes: which of them avoid uneven padding.</summary>
/// <remarks>A chain of strides with product s comes out even at sizes of some residue classes mod s. Alsallakh et al.
/// 2021, Mind the Pad, https://arxiv.org/abs/2010.02178.</remarks>
public sealed class InputSweep
{
    private InputSweep(IReadOnlyList<SizedNetwork> sizes, int axis, CountingConvention convention, int stride)
    {
        (Sizes, Convention) = (sizes, convention);
        SizedNetwork[] taken = [.. sizes.Where(s => s.Error is null)];
        int[] even = [.. taken.Where(s => s.IsEven).Select(s => s.Item[axis])],
            all = [.. taken.Select(s => s.Item[axis])];
        // Sizes that differ by the network's whole stride are alike, so that a range as long as the stride tells the
        // rule for all sizes.
        foreach (int period in Enumerable.Range(1, all.Length >= stride ? stride : 0).Where(d => stride % d == 0))
        {
            int[] residues = [.. even.Select(s => s % period).Distinct().Order()];
            if (even.Length > 0 && all.All(s => residues.Contains(s % period) == even.Contains(s)))
            {
                (Period, Residues) = (period, residues);
                break;
            }
        }

        Finding = Describe(even, all.Length, sizes.Count - taken.Length, stride);
    }

    /// <summary>By size, smallest first.</summary>
    public IReadOnlyList<SizedNetwork> Sizes { get; }

    /// <summary>What was counted.</summary>
    public CountingConvention Convention { get; }

    /// <summary>The smallest period with which even sizes repeat: 1, where all are even; null where none are, or the
    /// range is shorter than the network's stride.</summary>
    public int? Period { get; }

    /// <summary>Remainders of even sizes at division by <see cref="Period"/>.</summary>
    public IReadOnlyList<int> Residues { get; } = [];

    /// <summary>The result in words.</summary>
    public string Finding { get; }

    /// <summary>Runs through a range.</summary>
    /// <param name="items">The inputs, smallest first, two or more.</param>
    /// <param name="trace">Traces the network at an input, as in training.</param>
    /// <param name="convention">What to count.</param>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <param name="progress">Hears after each size how many are done; null for nobody.</param>
    /// <param name="cancel">Stops between sizes.</param>
    public static InputSweep Of(
        IReadOnlyList<Shape> items,
        Func<Shape, Graph> trace,
        CountingConvention convention,
        int batch = 1,
        IProgress<long>? progress = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(convention);
        ArgumentOutOfRangeException.ThrowIfLessThan(items.Count, 2);
        int axis = Enumerable.Range(1, items[0].Rank - 1).First(a => items[0][a] != items[^1][a]),
            stride = 1;
        List<SizedNetwork> sizes = [];
        foreach (Shape item in items)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                Evidence evidence = new(trace(item));
                sizes.Add(At(item, evidence, convention, batch));
                stride = Math.Max(stride, AxisSizes.TotalStride(evidence, axis - 1, evidence.Graph.Nodes.Count - 1));
            }
            catch (Exception e) when (e is ShapeException or ArgumentException or OverflowException)
            {
                sizes.Add(new SizedNetwork(item, e.Message, null, [], 0));
            }

            progress?.Report(sizes.Count);
        }

        return new InputSweep(sizes, axis, convention, stride);
    }

    private static SizedNetwork At(Shape item, Evidence evidence, CountingConvention convention, int batch)
    {
        IEnumerable<Node> uneven = evidence.Graph.Nodes.Where(n =>
            evidence.WindowsOf(n).Any(w => w.Window is { Stride: > 1, Unread: > 0 })
        );
        CostSummary cost = evidence.Cost;
        return new SizedNetwork(
            item,
            null,
            evidence.LastMap.Shape.Item,
            [.. uneven.Select(n => n.Name)],
            batch * convention.Operations(new OperatorCost(cost.MultiplyAdds, cost.Other))
        );
    }

    private string Describe(int[] even, int taken, int refused, int stride)
    {
        string which =
            even.Length == 0 ? $"None of the {taken} sizes avoids uneven padding."
            : Period == 1 ? $"At all {taken} sizes every stride comes out even."
            : Period is { } period
                ? $"Sizes with size mod {period} = {string.Join(" or ", Residues)} avoid uneven padding: {Listed(even)}."
            : $"These sizes avoid uneven padding: {Listed(even)}; the rule would show in a range of {stride} sizes.";
        return refused == 0 ? which : $"{which} The network does not take {refused} of the sizes.";
    }

    private static string Listed(int[] sizes) =>
        sizes.Length <= 12 ? string.Join(", ", sizes) : $"{string.Join(", ", sizes[..11])}, ... {sizes[^1]}";
}
