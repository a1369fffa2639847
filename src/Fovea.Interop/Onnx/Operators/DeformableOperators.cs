namespace Fovea.Interop.Onnx;

/// <summary>Convolutions whose taps move, and columns of windows put back into an image.</summary>
internal static class DeformableOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("DeformConv") { Specs = c => [new(c[0].Type, Convolved(c))], Evaluate = Convolve },
        new("Col2Im") { Specs = c => [new(c[0].Type, Image(c))], Evaluate = ToImage },
    ];

    private static Shape Convolved(OnnxCall c)
    {
        Shape x = c[0].Shape,
            weight = c[1].Shape;
        if (x.Rank != 4 || weight.Rank != 4)
        {
            throw c.Unsupported($"has two spatial axes here, got {x}");
        }

        Windows w = Windows.Of(c, x, weight.Sizes[2..]);
        return c.ShapeOf([x[0], weight[0], w.Count(0, x[2]), w.Count(1, x[3])]);
    }

    /// <summary>Offsets [N, groups * taps * 2, H, W] move each tap, row before column; a mask [N, groups * taps, H, W] weighs
    /// it.</summary>
    private static OnnxValue?[] Convolve(OnnxCall c)
    {
        Shape x = c[0].Shape,
            weight = c[1].Shape,
            y = Convolved(c);
        Windows w = Windows.Of(c, x, weight.Sizes[2..]);
        int groups = (int)c.Node.Int("group", 1),
            moving = (int)c.Node.Int("offset_group", 1),
            taps = weight[2] * weight[3],
            positions = y[2] * y[3];
        if (c[2].Shape != Shape.Create([x[0], moving * taps * 2, y[2], y[3]]) || weight[1] * groups != x[1])
        {
            throw c.Error($"offsets {c[2].Shape} and a weight {weight} do not fit {x} with {moving} offset groups");
        }

        double[] values = c[0].Reals(),
            filters = c[1].Reals(),
            offsets = c[2].Reals(),
            result = new double[y.Count];
        double[]? bias = c.Find(3)?.Reals(),
            mask = c.Find(4)?.Reals();
        int perGroup = y[1] / groups;
        for (int i = 0; i < result.Length; i++)
        {
            (int rest, int place) = Math.DivRem(i, positions);
            (int n, int output) = Math.DivRem(rest, y[1]);
            (int row, int column) = Math.DivRem(place, y[3]);
            double sum = bias?[output] ?? 0.0;
            for (int k = 0; k < weight[1] * taps; k++)
            {
                (int inner, int tap) = Math.DivRem(k, taps);
                int channel = (output / perGroup * weight[1]) + inner,
                    group = channel / (x[1] / moving),
                    at = ((((n * moving) + group) * taps) + tap) * 2 * positions;
                double r = (row * w.Stride[0]) - w.Before[0] + (tap / weight[3] * w.Dilation[0]) + offsets[at + place];
                double s =
                    (column * w.Stride[1])
                    - w.Before[1]
                    + (tap % weight[3] * w.Dilation[1])
                    + offsets[at + positions + place];
                double weightOfTap = mask?[(((((n * moving) + group) * taps) + tap) * positions) + place] ?? 1.0;
                ReadOnlySpan<double> plane = values.AsSpan(((n * x[1]) + channel) * x[2] * x[3], x[2] * x[3]);
                sum += weightOfTap * filters[(output * weight[1] * taps) + k] * Between(plane, r, s, x[2], x[3]);
            }

            result[i] = sum;
        }

        return [OnnxValue.Of(c[0].Type, result, y)];
    }

    /// <summary>The value between four neighbours; those outside are 0.</summary>
    private static double Between(ReadOnlySpan<double> plane, double row, double column, int rows, int columns)
    {
        double top = Math.Floor(row),
            left = Math.Floor(column),
            sum = 0.0;
        for (int k = 0; k < 4; k++)
        {
            double r = top + (k / 2),
                s = left + (k % 2);
            if (r >= 0.0 && r < rows && s >= 0.0 && s < columns)
            {
                sum += (1.0 - Math.Abs(row - r)) * (1.0 - Math.Abs(column - s)) * plane[((int)r * columns) + (int)s];
            }
        }

        return sum;
    }

    private static Shape Image(OnnxCall c)
    {
        long[] image = c.Ints(1),
            block = c.Ints(2);
        long taps = block.Aggregate(1L, (a, b) => checked(a * b));
        if (c[0].Shape.Rank != 3 || taps < 1 || c[0].Shape[1] % taps != 0 || image.Length != block.Length)
        {
            throw c.Error($"columns {c[0].Shape} do not fit blocks of {taps}");
        }

        return c.ShapeOf([c[0].Shape[0], c[0].Shape[1] / taps, .. image]);
    }

    private static OnnxValue?[] ToImage(OnnxCall c)
    {
        Shape y = Image(c),
            columns = c[0].Shape;
        int[] block = Array.ConvertAll(c.Ints(2), b => (int)b);
        Windows w = Windows.Of(c, y, block);
        int taps = block.Aggregate(1, (a, b) => a * b);
        int[] counts = [.. Enumerable.Range(0, w.Rank).Select(i => w.Count(i, y[2 + i]))];
        if (counts.Aggregate(1, (a, b) => a * b) != columns[2])
        {
            throw c.Error($"an image {y} has {string.Join(" x ", counts)} blocks, got {columns[2]}");
        }

        double[] values = c[0].Reals(),
            result = new double[y.Count];
        for (int i = 0; i < values.Length; i++)
        {
            (int rest, int window) = Math.DivRem(i, columns[2]);
            (int plane, int tap) = Math.DivRem(rest, taps);
            long target = 0,
                step = 1;
            bool isInside = true;
            for (int axis = w.Rank - 1; axis >= 0; step *= y[2 + axis--])
            {
                (window, int at) = Math.DivRem(window, counts[axis]);
                (tap, int offset) = Math.DivRem(tap, block[axis]);
                int position = (at * w.Stride[axis]) - w.Before[axis] + (offset * w.Dilation[axis]);
                isInside &= position >= 0 && position < y[2 + axis];
                target += position * step;
            }

            if (isInside)
            {
                result[(plane * step) + target] += values[i];
            }
        }

        return [OnnxValue.Of(c[0].Type, result, y)];
    }
}
