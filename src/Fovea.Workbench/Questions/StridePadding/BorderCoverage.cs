namespace Fovea.Workbench;

/// <summary>What structure predicts of the border of the last map: how much of a constant input arrives there.</summary>
/// <param name="Map">The last map.</param>
/// <param name="Axes">By spatial axis.</param>
internal sealed record BorderCoverage(Value Map, IReadOnlyList<AxisCoverage> Axes)
{
    /// <summary>The smaller share of both ends, by axis.</summary>
    public double[] Edge => [.. Axes.Select(a => a.Edge)];

    /// <summary>Whether the map's axes are those of the input, behind items and channels.</summary>
    public bool IsInOrder =>
        Map.Shape.Single.Rank == 2 + Axes.Count
        && Axes.Select(a => a.Axis - 2).SequenceEqual(Enumerable.Range(0, Axes.Count));

    /// <summary>The coverage of a network's last map; null where a layer before it has no rule, or the input no spatial
    /// axes.</summary>
    public static BorderCoverage? Of(Evidence evidence)
    {
        int rank = evidence.Graph.SpatialRank;
        IReadOnlyList<double>?[] coverage =
        [
            .. Enumerable.Range(0, rank).Select(axis => evidence.Border(axis).Coverage(evidence.LastMap)),
        ];
        if (rank == 0 || coverage.Contains(null))
        {
            return null;
        }

        IReadOnlyList<AxisField> fields = evidence.Fields[evidence.LastMap]!.Axes;
        return new BorderCoverage(
            evidence.LastMap,
            [.. coverage.Select((c, axis) => new AxisCoverage(fields[axis].Axis, c!, fields[axis].Main.Period))]
        );
    }
}

/// <summary>Coverage along an axis of a map.</summary>
/// <param name="Axis">The axis of the map.</param>
/// <param name="Shares">By position.</param>
/// <param name="Period">Positions after which it repeats: above 1 behind up-sampling.</param>
internal sealed record AxisCoverage(int Axis, IReadOnlyList<double> Shares, int Period)
{
    /// <summary>Where it is covered best, next to the middle.</summary>
    public int Middle => Best(Enumerable.Range(0, Shares.Count));

    /// <summary>Both ends, each with the best of the positions that repeat it, which behind up-sampling are those of the same
    /// place in a period. Positions that get nothing anywhere are passed over.</summary>
    public IEnumerable<(int End, int Middle)> Ends =>
        new[] { Enumerable.Range(0, Places), Enumerable.Range(1, Places).Select(i => Shares.Count - i) }.SelectMany(
            inwards => inwards.Select(i => (End: i, Middle: Alike(i))).Where(e => Shares[e.Middle] > 0.0).Take(1)
        );

    /// <summary>The smaller share of both ends.</summary>
    public double Edge => Ends.Select(e => Shares[e.End] / Shares[e.Middle]).DefaultIfEmpty(0.0).Min();

    private int Places => Math.Min(Period, Shares.Count);

    private int Alike(int position) =>
        Best(Enumerable.Range(0, Shares.Count).Where(i => i % Places == position % Places));

    private int Best(IEnumerable<int> positions) =>
        positions.OrderByDescending(i => Shares[i]).ThenBy(i => Math.Abs((2 * i) - Shares.Count + 1)).First();
}
