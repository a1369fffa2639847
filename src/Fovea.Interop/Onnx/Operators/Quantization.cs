namespace Fovea.Interop.Onnx;

/// <summary>Integers that stand for floats: real = (integer - zero point) scale.</summary>
internal static class Quantization
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("QuantizeLinear") { Specs = c => [new(TargetOf(c), c[0].Shape)], Evaluate = c => [QuantizeAlong(c)] },
        new("DequantizeLinear") { Specs = c => [new(RealTypeOf(c), c[0].Shape)], Evaluate = c => [Dequantize(c)] },
        new("DynamicQuantizeLinear")
        {
            Specs = c => [new(ElementType.UInt8, c[0].Shape), new(ElementType.Float, []), new(ElementType.UInt8, [])],
            Evaluate = Dynamic,
        },
        new("ConvInteger")
        {
            Specs = c =>
                [
                    new(
                        ElementType.Int32,
                        ConvolutionOperators.Operator(c, c[0].Shape, c[1].Shape).OutputShape([c[0].Shape, c[1].Shape])
                    ),
                ],
            Evaluate = c => [Sums(c, c[0], c.Find(2), c[1], c.Find(3))],
        },
        new("QLinearConv")
        {
            Specs = c =>
                [
                    new(
                        c[7].Type,
                        ConvolutionOperators.Operator(c, c[0].Shape, c[3].Shape).OutputShape([c[0].Shape, c[3].Shape])
                    ),
                ],
            Evaluate = Convolve,
        },
    ];

    /// <summary>Multiples of the output's unit as integers: to the nearest, the even one of two, moved by the zero point and
    /// bounded by the type.</summary>
    public static OnnxValue Quantize(double[] units, OnnxValue zero, Shape shape)
    {
        double point = zero.Reals()[0];
        return OnnxValue.Of(zero.Type, Array.ConvertAll(units, u => Bound(zero.Type, u, point)), shape);
    }

    private static long Bound(ElementType type, double units, double point)
    {
        (Int128 low, Int128 high) = type.Range();
        double rounded = Math.Round(units, MidpointRounding.ToEven) + point;
        return (long)Math.Clamp(double.IsNaN(rounded) ? point : rounded, (double)low, (double)high);
    }

    private static ElementType TargetOf(OnnxCall c) =>
        c.Find(2)?.Type
        ?? (
            c.Node.Int("output_dtype", 0) is var number and not 0
                ? ElementTypes.Known((int)number)
                    ?? throw c.Unsupported($"{ElementTypes.NameOf((int)number)} is not read")
                : ElementType.UInt8
        );

    private static ElementType RealTypeOf(OnnxCall c) =>
        c.Node.Int("output_dtype", 0) is var number and not 0
            ? ElementTypes.Known((int)number) ?? throw c.Unsupported($"{ElementTypes.NameOf((int)number)} is not read")
            : c[1].Type;

    /// <summary>For each element of x the position of its scale: one for all, one a position of an axis, or one a block
    /// along it.</summary>
    private static int[] ScaleOf(OnnxCall c)
    {
        Shape x = c[0].Shape,
            scale = c[1].Shape;
        if (scale.Count == 1)
        {
            return new int[x.Count];
        }

        int axis = c.Axis(c.Node.Int("axis", 1), x.Rank);
        long block = c.Node.Int("block_size", 0);
        if (block == 0 && scale.Rank == 1 && scale[0] == x[axis])
        {
            int[] sizes = [.. Enumerable.Repeat(1, x.Rank)];
            sizes[axis] = x[axis];
            return Elements.Sources(Shape.Create(sizes), x);
        }

        if (block < 1 || scale.Rank != x.Rank || scale != x.With(axis, (int)((x[axis] + block - 1) / block)))
        {
            throw c.Error($"a scale {scale} does not fit {x} along axis {axis} in blocks of {block}");
        }

        int[] places = new int[x.Count];
        foreach ((int[] run, int[] scales) in AxisRuns.Of(x, axis).Zip(AxisRuns.Of(scale, axis)))
        {
            for (int i = 0; i < run.Length; i++)
            {
                places[run[i]] = scales[i / block];
            }
        }

        return places;
    }

    private static OnnxValue QuantizeAlong(OnnxCall c)
    {
        ElementType type = TargetOf(c);
        int[] scaleOf = ScaleOf(c);
        double[] x = c[0].Reals(),
            scales = c[1].Reals();
        double[]? points = c.Find(2)?.Reals();
        long[] results = new long[x.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Bound(type, ElementType.Float.Round(x[i] / scales[scaleOf[i]]), points?[scaleOf[i]] ?? 0.0);
        }

        return OnnxValue.Of(type, results, c[0].Shape);
    }

    private static OnnxValue Dequantize(OnnxCall c)
    {
        int[] scaleOf = ScaleOf(c);
        double[] x = c[0].Reals(),
            scales = c[1].Reals();
        double[]? points = c.Find(2)?.Reals();
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (x[i] - (points?[scaleOf[i]] ?? 0.0)) * scales[scaleOf[i]];
        }

        return OnnxValue.Of(RealTypeOf(c), x, c[0].Shape);
    }

    /// <summary>To 8 bits without sign, over the range of the values and 0.</summary>
    private static OnnxValue?[] Dynamic(OnnxCall c)
    {
        double[] x = c[0].Reals();
        double low = Math.Min(0.0, x.Length == 0 ? 0.0 : x.Min()),
            high = Math.Max(0.0, x.Length == 0 ? 0.0 : x.Max()),
            scale = ElementType.Float.Round((high - low) / 255.0);
        double point =
            scale == 0.0
                ? 0.0
                : Math.Clamp(Math.Round(ElementType.Float.Round(-low / scale), MidpointRounding.ToEven), 0.0, 255.0);
        OnnxValue zero = OnnxValue.Of(ElementType.UInt8, [point], []);
        double[] units = Array.ConvertAll(x, v => scale == 0.0 ? 0.0 : ElementType.Float.Round(v / scale));
        return [Quantize(units, zero, c[0].Shape), OnnxValue.Of(ElementType.Float, [scale], []), zero];
    }

    /// <summary>The convolution of integers less their zero points, exact in 64-bit floats.</summary>
    private static OnnxValue Sums(OnnxCall c, OnnxValue x, OnnxValue? pointX, OnnxValue weight, OnnxValue? pointW)
    {
        Tensor images = Tensor.From<double>(x.Reals(), x.Shape),
            filters = Tensor.From<double>(weight.Reals(), weight.Shape);
        if (pointX is not null)
        {
            images -= pointX.Reals()[0];
        }

        if (pointW is not null)
        {
            double[] points = pointW.Reals();
            int[] sizes = [points.Length, .. Enumerable.Repeat(1, weight.Shape.Rank - 1)];
            filters -= Tensor.From<double>(points, Shape.Create(sizes));
        }

        Tensor sums = ConvolutionOperators.Operator(c, x.Shape, weight.Shape).Apply(images, filters);
        return OnnxValue.Of(ElementType.Int32, Array.ConvertAll(sums.ToArray<double>(), v => (long)v), sums.Shape);
    }

    private static OnnxValue?[] Convolve(OnnxCall c)
    {
        OnnxValue sums = Sums(c, c[0], c[2], c[3], c[5]);
        double[] units = sums.Reals(),
            scales = c[4].Reals();
        double[]? bias = c.Find(8)?.Reals();
        double ratio = c[1].Reals()[0] / c[6].Reals()[0];
        int channels = sums.Shape[1],
            plane = sums.Shape.Skip(2).Aggregate(1, (a, b) => a * b);
        for (int i = 0; i < units.Length; i++)
        {
            int channel = i / plane % channels;
            units[i] = (units[i] + (bias?[channel] ?? 0.0)) * ratio * scales[scales.Length == 1 ? 0 : channel];
        }

        return [Quantize(units, c[7], sums.Shape)];
    }
}
