namespace Fovea.Workbench;

/// <summary>Which inputs the middle unit of a map really depends on, by how much: the effective receptive field.</summary>
/// <remarks>
/// Mean over items of the squared gradient of the unit's channels, each with a random sign, by the input; summed over
/// input channels. Luo, Li, Urtasun, Zemel 2016, Understanding the effective receptive field in deep convolutional neural
/// networks: of n layers of kernel k with independent weights the profile has the variance n (k² - 1) / 12, and so has the
/// absolute gradient of linear layers with equal weights.
/// </remarks>
internal sealed class EffectiveField
{
    private readonly int[] _sizes;
    private readonly double[] _squares,
        _absolutes;
    private readonly double[] _centre;

    private EffectiveField(int[] sizes, double[] squares, double[] absolutes, FieldSpan[] spans)
    {
        (_sizes, _squares, _absolutes) = (sizes, squares, absolutes);
        _centre = [.. spans.Select(s => (s.Low + s.High) / 2.0)];
        Predicted = [.. spans.Select((s, axis) => (int)(Math.Min(s.High, sizes[axis] - 1) - Math.Max(s.Low, 0) + 1))];
    }

    /// <summary>By spatial axis: what structure says the unit sees, without what lies beyond the input.</summary>
    public IReadOnlyList<int> Predicted { get; }

    /// <summary>Whether the unit depends on the input at all.</summary>
    public bool IsAlive => _squares.Sum() > 0.0;

    /// <summary>Measures it.</summary>
    /// <param name="graph">The network, of one input, traced in evaluation.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="map">A value of it with positions along every spatial axis of the input.</param>
    /// <param name="inputs">Some items, [N, C, ...].</param>
    /// <param name="rng">Draws the signs.</param>
    /// <returns>Null where the value has no such positions, or cannot be reached alone.</returns>
    public static EffectiveField? Of(Graph graph, ReceptiveFields fields, Value map, Tensor inputs, Rng rng)
    {
        if (!HasPositions(graph, fields, map) || GraphCut.Until(graph, map) is not (var module, var output))
        {
            return null;
        }

        Tensor x = inputs.Clone();
        x.RequiresGrad = true;
        module.Eval();
        Tensor values = module.ForwardAll(x)[output];
        IReadOnlyList<AxisField> axes = fields[map]!.Axes;
        int[] middle = [.. axes.Select(a => a.Positions / 2)];
        Tensor? gradient = values.RequiresGrad
            ? values.GradientsOf([x], Signs(values, [.. axes.Select(a => a.Axis)], middle, rng))[0]
            : null;
        int[] sizes = x.Shape.Sizes[2..].ToArray();
        (double[] squares, double[] absolutes) = Sums(gradient?.ToArray<double>() ?? [], sizes);
        return new EffectiveField(sizes, squares, absolutes, [.. axes.Select((a, i) => a.At(middle[i])!.Value)]);
    }

    /// <summary>Whether a map has a middle unit whose field is known: positions along each axis of the input, and no
    /// other.</summary>
    public static bool HasPositions(Graph graph, ReceptiveFields fields, Value map) =>
        graph.Inputs.Count == 1
        && map.Producer is not null
        && map.Shape.Rank == 2 + graph.SpatialRank
        && fields[map] is { } field
        && field.Axes.Count > 0
        && field.Axes.All(a => a.HasPositions && a.Axis >= 2 && a.At(a.Positions / 2) is not null)
        && field.Axes.Select(a => a.Axis).Distinct().Count() == field.Axes.Count;

    /// <summary>The side of the smallest square around the middle of the predicted field that holds a share of the squared
    /// gradient; 0 where there is none.</summary>
    /// <param name="share">0-1.</param>
    public int Side(double share)
    {
        double sum = _squares.Sum(),
            held = 0.0;
        if (sum <= 0.0)
        {
            return 0;
        }

        foreach ((double distance, double mass) in ByDistance())
        {
            held += mass;
            if (held >= share * sum * (1.0 - 1e-12))
            {
                return (int)Math.Round((2.0 * distance) + 1.0);
            }
        }

        return _sizes.Max();
    }

    /// <summary>Standard deviation along an axis of the squared gradient, or of the absolute one.</summary>
    /// <param name="axis">0 is the outermost.</param>
    /// <param name="absolute">Whether the absolute gradient is meant.</param>
    public double Deviation(int axis, bool absolute = false)
    {
        double sum = 0.0,
            first = 0.0,
            second = 0.0;
        double[] mass = absolute ? _absolutes : _squares;
        for (int i = 0; i < mass.Length; i++)
        {
            double off = Place(i, axis) - _centre[axis];
            sum += mass[i];
            first += mass[i] * off;
            second += mass[i] * off * off;
        }

        return sum > 0.0 ? Math.Sqrt(Math.Max(0.0, (second / sum) - (first / sum * (first / sum)))) : double.NaN;
    }

    /// <summary>The squared gradient by input position, outermost axis first, as shares of the whole.</summary>
    public double[] Shares()
    {
        double sum = _squares.Sum();
        return [.. _squares.Select(s => sum > 0.0 ? s / sum : 0.0)];
    }

    private IEnumerable<(double Distance, double Mass)> ByDistance() =>
        _squares
            .Select((mass, i) => (Distance: _centre.Select((c, axis) => Math.Abs(Place(i, axis) - c)).Max(), mass))
            .GroupBy(p => p.Distance, p => p.mass)
            .OrderBy(g => g.Key)
            .Select(g => (g.Key, g.Sum()));

    private int Place(int index, int axis)
    {
        for (int inner = _sizes.Length - 1; inner > axis; inner--)
        {
            index /= _sizes[inner];
        }

        return index % _sizes[axis];
    }

    /// <summary>By channel of the middle unit 1 or -1, 0 elsewhere.</summary>
    private static Tensor Signs(Tensor map, int[] axes, int[] middle, Rng rng)
    {
        int[] sizes = map.Shape.Sizes.ToArray(),
            strides = new int[sizes.Length];
        for (int axis = sizes.Length - 1, stride = 1; axis >= 0; stride *= sizes[axis], axis--)
        {
            strides[axis] = stride;
        }

        int offset = axes.Select((axis, i) => strides[axis] * middle[i]).Sum();
        double[] signs = new double[map.Count];
        for (int i = 0; i < sizes[0] * sizes[1]; i++)
        {
            signs[(i / sizes[1] * strides[0]) + (i % sizes[1] * strides[1]) + offset] = 1.0 - (2 * rng.Next(2));
        }

        return Tensor.From(signs, map.Shape).To(map.DType);
    }

    /// <summary>[N, C, ...] summed over items and channels.</summary>
    private static (double[] Squares, double[] Absolutes) Sums(double[] gradient, int[] sizes)
    {
        int positions = sizes.Aggregate(1, (a, b) => a * b);
        double[] squares = new double[positions],
            absolutes = new double[positions];
        for (int i = 0; i < gradient.Length; i++)
        {
            squares[i % positions] += gradient[i] * gradient[i];
            absolutes[i % positions] += Math.Abs(gradient[i]);
        }

        return (squares, absolutes);
    }
}
