using Fovea.Kernels;

namespace Fovea.Interop.Onnx;

/// <summary>Convolutions and transposed convolutions.</summary>
internal static class ConvolutionOperators
{
    private static readonly LearnedInput[] Learned =
    [
        new(1, "weight", ParameterKind.Weight),
        new(2, "bias", ParameterKind.Bias),
    ];

    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Conv")
        {
            Graph = Convolve,
            Learned = Learned,
            Writes = [OnnxWriting.Of<Convolution>(WriteConvolution)],
        },
        new("ConvTranspose")
        {
            Graph = Transpose,
            Learned = Learned,
            Writes = [OnnxWriting.Of<TransposedConvolution>(WriteTransposed)],
        },
    ];

    /// <summary>The convolution of a node, for an input and a weight.</summary>
    public static Operator Operator(OnnxCall c, Shape x, Shape weight)
    {
        RequireRank(c, x, weight);
        Windows w = Windows.Of(c, x, weight.Sizes[2..]);
        if (!w.Kernel.AsSpan().SequenceEqual(weight.Sizes[2..]))
        {
            throw c.Error($"kernel_shape must be that of the weight {weight}");
        }

        return c.Make(
            "conv",
            new ConvolutionAttributes(
                w.Rank,
                Windows.Short(w.Stride),
                w.Padding,
                Windows.Short(w.Dilation),
                checked((int)c.Node.Int("group", 1))
            )
        );
    }

    private static void RequireRank(OnnxCall c, Shape x, Shape weight)
    {
        if (x.Rank is < 3 or > 5 || weight.Rank != x.Rank)
        {
            throw c.Error($"convolutions have 1 to 3 spatial axes, got an input {x} and a weight {weight}");
        }
    }

    private static OnnxValue?[]? Convolve(OnnxCall c)
    {
        if (!c.IsFloat)
        {
            return null;
        }

        Operator op = Operator(c, c[0].Shape, c[1].Shape);
        c.RequireRoom(op.OutputShape([c[0].Shape, c[1].Shape]));
        return [c.Like(op.Apply([.. c.Given.Select(i => i.Tensor)]))];
    }

    private static OnnxValue?[]? Transpose(OnnxCall c)
    {
        if (!c.IsFloat)
        {
            return null;
        }

        Shape x = c[0].Shape,
            weight = c[1].Shape;
        RequireRank(c, x, weight);
        int rank = x.Rank - 2;
        Windows w = Windows.Of(c, x, weight.Sizes[2..]);
        int[] extra = Windows.Numbers(c, "output_padding", rank, new int[rank]);
        int[]? sizes = OutputSizes(c, x, w);
        (int[] before, int[] after) = (w.Before, w.After);
        for (int i = 0; i < rank && sizes is not null; i++)
        {
            int total = ((x[2 + i] - 1) * w.Stride[i]) + extra[i] + ((w.Kernel[i] - 1) * w.Dilation[i]) + 1 - sizes[i];
            extra[i] += Math.Max(0, -total);
            total = Math.Max(0, total);
            bool upper = c.Node.Text("auto_pad", "NOTSET") == "SAME_UPPER";
            before[i] = upper ? total / 2 : total - (total / 2);
            after[i] = total - before[i];
        }

        return [c.Like(Apply(c, w with { Before = before, After = after }, extra))];
    }

    /// <summary>The sizes that the node asks for: given, or by rule the input's times the stride. Null where they follow from
    /// the padding.</summary>
    private static int[]? OutputSizes(OnnxCall c, Shape x, Windows w)
    {
        int rank = w.Rank;
        if (c.Node.Ints("output_shape") is { Length: > 0 } given)
        {
            return Array.ConvertAll(given[^Math.Min(rank, given.Length)..], v => checked((int)v));
        }

        return c.Node.Text("auto_pad", "NOTSET").StartsWith("SAME", StringComparison.Ordinal)
            ? [.. Enumerable.Range(0, rank).Select(i => x[2 + i] * w.Stride[i])]
            : null;
    }

    /// <summary>The operator of the house; what is added behind beyond a stride holds the bias alone.</summary>
    private static Tensor Apply(OnnxCall c, Windows w, int[] extra)
    {
        bool fits = extra.Select((e, i) => e < Math.Max(w.Stride[i], w.Dilation[i])).All(f => f);
        TransposedConvolutionAttributes attributes = new(
            w.Rank,
            Windows.Short(w.Stride),
            Padding.Explicit(Windows.Short(w.Before), Windows.Short(w.After)),
            fits ? Windows.Short(extra) : 0,
            Windows.Short(w.Dilation),
            checked((int)c.Node.Int("group", 1))
        );
        Tensor[] inputs = [.. c.Given.Select(i => i.Tensor)];
        Operator op = c.Make("convtranspose", attributes);
        c.RequireRoom(op.OutputShape([inputs[0].Shape, inputs[1].Shape]));
        if (fits)
        {
            return op.Apply(inputs);
        }

        Tensor y = op.Apply(inputs[0], inputs[1]);
        y = y.Pad(Padding.Explicit(0, Windows.Short(extra)));
        return inputs.Length < 3 ? y : y + inputs[2].Reshape([-1, .. Enumerable.Repeat(1, w.Rank)]);
    }

    /// <summary>Padding with anything but zeros is a node of its own.</summary>
    private static void WriteConvolution(OnnxUse use)
    {
        ConvolutionAttributes a = use.Attributes<ConvolutionAttributes>();
        Windows w = Windows.Of(use, a.Rank, Kernel(use), a.Stride, a.Padding, a.Dilation);
        string x = use[0];
        if (a.Mode != PaddingMode.Zeros && w.Before.Concat(w.After).Any(p => p > 0))
        {
            x = PadOperators.Write(use.At("pad"), x, use.From, w.Before, w.After, a.Mode);
            w = w with { Padding = Padding.Valid, Before = new int[a.Rank], After = new int[a.Rank] };
        }

        use.Is(use.Add("Conv", [x, .. Weights(use)], [.. w.Write(), OnnxAttribute.Int("group", a.Groups)]));
    }

    /// <summary>Padding by a rule is written in numbers: the output is the input times the stride.</summary>
    private static void WriteTransposed(OnnxUse use)
    {
        TransposedConvolutionAttributes a = use.Attributes<TransposedConvolutionAttributes>();
        int[] kernel = Kernel(use),
            extra = new int[a.Rank];
        Windows w = Windows.Of(use, a.Rank, kernel, a.Stride, Padding.Valid, a.Dilation);
        for (int i = 0; i < a.Rank; i++)
        {
            int size = use.From.Single[2 + i],
                output = use.To.Single[2 + i],
                extent = ((kernel[i] - 1) * w.Dilation[i]) + 1;
            (long before, long after) = a.Padding.Resolve(i, a.Rank, output, kernel[i], w.Stride[i], w.Dilation[i]);
            int rest = output - (((size - 1) * w.Stride[i]) - (int)before - (int)after + extent);
            (w.Before[i], w.After[i], extra[i]) = ((int)before, (int)after + Math.Max(0, -rest), Math.Max(0, rest));
        }

        use.Is(
            use.Add(
                "ConvTranspose",
                [use[0], .. Weights(use)],
                [.. w.Write(), OnnxAttribute.Int("group", a.Groups), OnnxAttribute.Ints("output_padding", extra)]
            )
        );
    }

    private static IEnumerable<string> Weights(OnnxUse use) => Enumerable.Range(1, use.Count - 1).Select(i => use[i]);

    private static int[] Kernel(OnnxUse use) => use.Node.Inputs[1].Shape.Single.Sizes[2..].ToArray();
}
