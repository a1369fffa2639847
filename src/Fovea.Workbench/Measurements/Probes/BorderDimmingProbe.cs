namespace Fovea.Workbench;

/// <summary><c>border-dimming</c>: what the last map makes of a constant input at its border, against the middle.</summary>
/// <remarks>
/// <para>Four items, each channel of which holds -1, -1/2, 1/2 and 1 times its root mean square in a batch of fixed items. Of the last
/// map that has positions, the mean absolute value over items and channels is set against the same where zero padding dims it
/// least: at the ends of each axis, and in the corners. In evaluation, so that biases and running statistics play their part. Kernels of equal taps,
/// without biases, give the coverage that structure predicts.</para>
/// <para>Values: <c>edge0</c>, <c>edge1</c>..., the smaller of both ends of each axis over the middle; <c>corner</c>, the smallest of
/// the corners over the middle; the line's layer is the map. NaN where the map is 0 in the middle. No lines where the network cannot
/// be traced or has several inputs.</para>
/// </remarks>
public sealed class BorderDimmingProbe : Probe
{
    // Of the root mean square of a channel.
    private static readonly double[] Levels = [-1.0, -0.5, 0.5, 1.0];

    /// <inheritdoc/>
    public override string Name => "border-dimming";

    /// <inheritdoc/>
    public override double Cost => 0.5;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (
            MapTrial.Of(context, int.MaxValue) is not { } trial
            || BorderCoverage.Of(trial.Evidence) is not { } coverage
            || !coverage.IsInOrder
        )
        {
            return [];
        }

        Tensor map = trial.Input;
        trial.Run(Constant(trial.Input), (value, tensor) => map = value == coverage.Map ? tensor : map);
        int[] sizes = map.Shape.Sizes[2..].ToArray();
        double[] sums = new double[map.Count / map.Shape[0] / map.Shape[1]];
        double[] values = map.ToArray<double>();
        for (int i = 0; i < values.Length; i++)
        {
            sums[i % sums.Length] += Math.Abs(values[i]);
        }

        return
        [
            Line(
                context,
                coverage.Map.Name,
                [
                    .. sizes.Select((_, axis) => ($"edge{axis}", Smallest(sums, sizes, coverage, a => a == axis))),
                    ("corner", Smallest(sums, sizes, coverage, _ => true)),
                ]
            ),
        ];
    }

    /// <summary>Items that are the same everywhere: each channel some times its root mean square.</summary>
    private static Tensor Constant(Tensor input)
    {
        using NoGrad scope = NoGrad.Enter();
        int[] axes = [0, .. Enumerable.Range(2, input.Rank - 2)];
        Tensor level = input.Square().Mean(axes, keepDims: true).Sqrt(),
            item = level * Tensor.Ones([1, .. input.Shape.Sizes[1..]], input.DType);
        return Tensor.Concat([.. Levels.Select(l => item * l)], 0);
    }

    /// <summary>The smallest value at ends of some axes, in the middle of the others, over that in the middle of all.</summary>
    private static double Smallest(double[] sums, int[] sizes, BorderCoverage coverage, Predicate<int> isEnd)
    {
        IEnumerable<(int Border, int Middle)> places = [(0, 0)];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int size = sizes[axis];
            (int End, int Middle)[] ends = isEnd(axis)
                ? [.. coverage.Axes[axis].Ends]
                : [(coverage.Axes[axis].Middle, coverage.Axes[axis].Middle)];
            places =
            [
                .. places.SelectMany(p => ends.Select(e => ((p.Border * size) + e.End, (p.Middle * size) + e.Middle))),
            ];
        }

        return places
            .Select(p => sums[p.Middle] > 0.0 ? sums[p.Border] / sums[p.Middle] : double.NaN)
            .DefaultIfEmpty(double.NaN)
            .Min();
    }
}
