using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Resampling to another size.</summary>
internal static class ResizeOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [Of("Resize", OnnxWriting.Of<UpsampleOperator>(Write)), Of("Upsample")];

    private static OnnxOperator Of(string name, params OnnxWriting[] writes) =>
        new(name)
        {
            Writes = writes,
            Graph = c => ResizeRequest.Of(c) is var request && c[0].Type.IsFloat() ? Graph(c, request) : null,
            Specs = c => [new(c[0].Type, ResizeRequest.Of(c).Output)],
            Evaluate = c => [Evaluate(c[0], ResizeRequest.Of(c))],
        };

    /// <summary>What the operator of the house does: spatial axes, to the nearest below, or linear.</summary>
    private static OnnxValue?[]? Graph(OnnxCall c, ResizeRequest request)
    {
        Shape x = c[0].Shape;
        if (x == request.Output && !request.IsCrop)
        {
            return [c[0]];
        }

        bool leads = x.Rank is >= 3 and <= 5 && request.Output[0] == x[0] && request.Output[1] == x[1];
        if (!leads || request.IsAntialias || request.ExcludesOutside || x.Count == 0 || request.Output.Count == 0)
        {
            return null;
        }

        int[] spatial = [.. Enumerable.Range(2, x.Rank - 2)];
        bool isWhole = spatial.All(i => request.Output[i] % x[i] == 0 && request.Scales[i] == request.Output[i] / x[i]);
        bool isNearest =
            request.Mode == "nearest"
            && (
                request is { Coordinates: "asymmetric", Nearest: "floor" }
                || (request.Nearest == "simple" && spatial.All(i => request.Scales[i] >= 1.0))
                || (
                    isWhole
                    && request is { Coordinates: "half_pixel" or "pytorch_half_pixel", Nearest: "round_prefer_floor" }
                )
            );
        bool aligns = request.Coordinates == "align_corners";
        bool isLinear =
            request.Mode == "linear"
            && (
                request.Coordinates == "half_pixel"
                || (aligns && spatial.All(i => x[i] * request.Scales[i] == request.Output[i]))
                || (request.Coordinates == "pytorch_half_pixel" && spatial.All(i => request.Output[i] > 1))
            );
        if (!isNearest && !isLinear)
        {
            return null;
        }

        UpsampleAttributes attributes = new(
            isNearest ? UpsampleMode.Nearest : UpsampleMode.Linear,
            request.IsBySize ? default : new ScaleList([.. spatial.Select(i => request.Scales[i])]),
            request.IsBySize ? Windows.Short([.. spatial.Select(i => request.Output[i])]) : null,
            isLinear && aligns
        );
        Operator op = c.Make("upsample", attributes);
        return op.OutputShape([x]) == request.Output ? [c.Like(op.Apply(c.X()))] : null;
    }

    /// <summary>Axis by axis: each output is a weighted sum of inputs along the axis.</summary>
    private static OnnxValue Evaluate(OnnxValue x, ResizeRequest request)
    {
        double[] values = x.Reals();
        Shape shape = x.Shape;
        bool[]? outside = null;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == request.Output[axis] && request.Scales[axis] == 1.0 && !request.IsCrop)
            {
                continue;
            }

            ResizeTaps[] taps = ResizeTaps.Along(request, axis, shape[axis]);
            Shape next = shape.With(axis, request.Output[axis]);
            double[] resized = new double[next.Count];
            bool[] gone = new bool[next.Count];
            foreach ((int[] from, int[] to) in AxisRuns.Of(shape, axis).Zip(AxisRuns.Of(next, axis)))
            {
                for (int o = 0; o < to.Length; o++)
                {
                    (resized[to[o]], gone[to[o]]) = taps[o].Take(values, outside, from);
                }
            }

            (values, outside, shape) = (resized, gone, next);
        }

        for (int i = 0; i < values.Length && outside is not null; i++)
        {
            values[i] = outside[i] ? request.Extrapolation : values[i];
        }

        return OnnxValue.Of(x.Type, values, request.Output);
    }

    private static void Write(OnnxUse use)
    {
        UpsampleAttributes a = use.Attributes<UpsampleAttributes>();
        List<AttributeProto> attributes =
        [
            OnnxAttribute.Text("mode", a.Mode == UpsampleMode.Nearest ? "nearest" : "linear"),
            OnnxAttribute.Text(
                "coordinate_transformation_mode",
                a.Mode == UpsampleMode.Nearest ? "asymmetric"
                    : a.AlignCorners ? "align_corners"
                    : "half_pixel"
            ),
        ];
        if (a.Mode == UpsampleMode.Nearest)
        {
            attributes.Add(OnnxAttribute.Text("nearest_mode", "floor"));
        }

        int[] spatial = [.. Enumerable.Range(2, use.From.Rank - 2)];
        if (a.Size is null)
        {
            float[] scales = [1f, 1f, .. spatial.Select(i => Scale(use, a.Scale.Values!, i))];
            string factors = use.Tensor("scales", Tensor.From<float>(scales, [scales.Length]));
            use.Is(use.Add("Resize", [use[0], "", factors], attributes));
            return;
        }

        long[] sizes = [.. spatial.Select(i => (long)use.To.Single[i])];
        if (use.Opset >= 18)
        {
            attributes.Add(OnnxAttribute.Ints("axes", spatial));
            use.Is(use.Add("Resize", [use[0], "", "", use.Ints("sizes", sizes)], attributes));
            return;
        }

        // Before opset 18 all sizes are given, and that of the batch is open: it is taken from the input.
        OnnxUse joined = use.At("sizes");
        string shape = use.At("shape").Add("Shape", [use[0]]),
            leading = SelectionOperators.WriteSlice(use.At("leading"), shape, 0, 0, 2);
        string whole = joined.Add("Concat", [leading, joined.Ints("spatial", sizes)], OnnxAttribute.Int("axis", 0));
        use.Is(use.Add("Resize", [use[0], "", "", whole], attributes));
    }

    /// <summary>A factor as the file holds it: large enough that the size, rounded down, is the one it is here.</summary>
    private static float Scale(OnnxUse use, double[] scales, int axis)
    {
        int from = use.From.Single[axis],
            to = use.To.Single[axis];
        float scale = (float)(scales.Length == 1 ? scales[0] : scales[axis - 2]);
        while ((int)(from * scale) < to)
        {
            scale = MathF.BitIncrement(scale);
        }

        return scale;
    }
}
