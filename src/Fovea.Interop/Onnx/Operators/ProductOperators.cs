namespace Fovea.Interop.Onnx;

/// <summary>Matrix products.</summary>
internal static class ProductOperators
{
    private static readonly LearnedInput Weight = new(1, "weight", ParameterKind.Weight) { LeastRank = 2 };

    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("MatMul")
        {
            Graph = c => c.IsFloat ? [c.Like(Multiply(c.X(), c.X(1)))] : null,
            Learned = [Weight],
            Specs = c => [new(c[0].Type, ShapeOf(c[0].Shape, c[1].Shape))],
            Evaluate = c => [Exactly(c, c[0], c[1], c[0].Type)],
            Writes = [OnnxWriting.Of<MatMul>(WriteProduct)],
        },
        new("Gemm")
        {
            Graph = Gemm,
            Learned = [Weight, new(2, "bias", ParameterKind.Bias)],
            Writes = [OnnxWriting.Of<LinearOperator>(WriteLinear)],
        },
        new("Einsum") { Graph = c => c.IsFloat ? [c.Like(new EinsumEquation(c).Apply())] : null },
        new("MatMulInteger")
        {
            Specs = c => [new(ElementType.Int32, ShapeOf(c[0].Shape, c[1].Shape))],
            Evaluate = c =>
                [
                    Exactly(
                        c,
                        Centered(c[0], c.Find(2), rows: true),
                        Centered(c[1], c.Find(3), rows: false),
                        ElementType.Int32
                    ),
                ],
        },
        new("QLinearMatMul") { Specs = c => [new(c[7].Type, ShapeOf(c[0].Shape, c[3].Shape))], Evaluate = Quantized },
    ];

    /// <summary>The product over the last two axes; a vector is a row on the left and a column on the right.</summary>
    private static Tensor Multiply(Tensor a, Tensor b)
    {
        Tensor left = a.Rank == 1 ? a.Unsqueeze(0) : a,
            right = b.Rank == 1 ? b.Unsqueeze(1) : b;
        Tensor product = left.MatMul(right);
        product = b.Rank == 1 ? product.Squeeze(-1) : product;
        return a.Rank == 1 ? product.Squeeze(b.Rank == 1 ? -1 : -2) : product;
    }

    private static Shape ShapeOf(Shape a, Shape b)
    {
        Shape left = a.Rank == 1 ? Shape.Create([1, a[0]]) : a,
            right = b.Rank == 1 ? Shape.Create([b[0], 1]) : b;
        int[] sizes = new MatMul().OutputShape([left, right]).Sizes.ToArray();
        List<int> kept = [.. sizes[..^2]];
        kept.AddRange(a.Rank == 1 ? [] : [sizes[^2]]);
        kept.AddRange(b.Rank == 1 ? [] : [sizes[^1]]);
        return Shape.Create([.. kept]);
    }

    /// <summary>alpha A B + beta C. With a weight [out, in] and a bias it is the linear layer.</summary>
    private static OnnxValue?[]? Gemm(OnnxCall c)
    {
        if (!c.IsFloat)
        {
            return null;
        }

        double alpha = c.Node.Float("alpha", 1.0),
            beta = c.Node.Float("beta", 1.0);
        bool first = c.Node.Flag("transA", false),
            second = c.Node.Flag("transB", false);
        Tensor? bias = c.Find(2)?.Tensor;
        c.RequireRoom(new MatMul(first, second).OutputShape([c[0].Shape, c[1].Shape]));
        if (
            !first
            && second
            && alpha == 1.0
            && beta == 1.0
            && (bias is null || bias.Shape == Shape.Create([c[1].Shape[0]]))
        )
        {
            Tensor[] inputs = bias is null ? [c.X(), c.X(1)] : [c.X(), c.X(1), bias];
            return [c.Like(new LinearOperator { Owner = c.Layer }.Apply(inputs))];
        }

        Tensor product = new MatMul(first, second) { Owner = c.Layer }.Apply(c.X(), c.X(1));
        product = alpha == 1.0 ? product : product * alpha;
        return [c.Like(bias is null || beta == 0.0 ? product : product + (beta == 1.0 ? bias : bias * beta))];
    }

    /// <summary>A product of integers: in 64-bit floats, exact up to 2^53.</summary>
    private static OnnxValue Exactly(OnnxCall c, OnnxValue a, OnnxValue b, ElementType type)
    {
        Tensor product = Multiply(Wide(a), Wide(b)).Detach();
        double[] values = product.ToArray<double>();
        return type.IsFloat()
            ? OnnxValue.Of(type, values, product.Shape)
            : OnnxValue.Of(type, Array.ConvertAll(values, v => (long)v), product.Shape);
    }

    private static Tensor Wide(OnnxValue x) => Tensor.From<double>(x.Reals(), x.Shape);

    /// <summary>Integers less their zero point: one, or one for each row or column.</summary>
    private static OnnxValue Centered(OnnxValue x, OnnxValue? zero, bool rows)
    {
        if (zero is null)
        {
            return new OnnxValue(ElementType.Double, Wide(x));
        }

        Tensor points = Wide(zero);
        points = points.Rank == 1 && points.Count > 1 && rows ? points.Unsqueeze(1) : points;
        return new OnnxValue(ElementType.Double, Wide(x) - points);
    }

    private static OnnxValue?[] Quantized(OnnxCall c)
    {
        Tensor product = Wide(
            Exactly(c, Centered(c[0], c[2], rows: true), Centered(c[3], c[5], rows: false), ElementType.Double)
        );
        Tensor scale = Wide(c[4]) / Wide(c[6]),
            left = Wide(c[1]);
        left = left.Rank == 1 && left.Count > 1 ? left.Unsqueeze(1) : left;
        double[] real = (product * left * scale).ToArray<double>();
        return [Quantization.Quantize(real, c[7], product.Shape)];
    }

    /// <summary>A matrix that is given transposed is turned by a node.</summary>
    private static void WriteProduct(OnnxUse use)
    {
        MatMulAttributes a = use.Attributes<MatMulAttributes>();
        use.Is(use.Add("MatMul", [Turned(0, a.TransposeFirst, "first"), Turned(1, a.TransposeSecond, "second")]));

        string Turned(int input, bool isTransposed, string part)
        {
            int rank = use.Node.Inputs[input].Shape.Rank;
            int[] order = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
            return isTransposed
                ? use.At(part).Add("Transpose", [use[input]], OnnxAttribute.Ints("perm", order))
                : use[input];
        }
    }

    /// <summary>Gemm takes matrices: other inputs are made one, and their result what it was.</summary>
    private static void WriteLinear(OnnxUse use)
    {
        SymbolicShape x = use.From,
            y = use.To;
        if (x.Rank == 2)
        {
            use.Is(use.Add("Gemm", use.Inputs, OnnxAttribute.Int("transB", 1)));
            return;
        }

        int features = x.Single[x.Rank - 1];
        SymbolicShape rows = LayoutOperators.Merged(x, features),
            results = LayoutOperators.Merged(x, y.Single[y.Rank - 1]);
        string matrix = LayoutOperators.WriteReshape(use.At("rows"), use[0], x, rows); // read before the weights are
        string product = use.Add("Gemm", [matrix, .. use.Inputs[1..]], OnnxAttribute.Int("transB", 1));
        use.Is(LayoutOperators.WriteReshape(use.At("items"), product, results, y));
    }
}
