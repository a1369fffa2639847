namespace Fovea.Interop.Onnx;

/// <summary>Normalizations as nodes of ONNX.</summary>
internal static partial class NormalizationOperators
{
    private const double UsualMomentum = 0.1;

    /// <summary>A normalization, and what may be merged with it here: a sum and a ReLU.</summary>
    private static void WriteBatch(OnnxUse use)
    {
        BatchNormAttributes a = use.Attributes<BatchNormAttributes>();
        string y =
            use.IsFolded ? use[0]
            : a.UsesBatch ? WriteOfBatch(use, a)
            : WriteTracked(use, a);
        y = a.Residual ? use.At("add").Add("Add", [y, use[a.ResidualIndex]]) : y;
        use.Is(a.Relu ? use.At("relu").Add("Relu", [y]) : y);
    }

    /// <summary>By running statistics. ONNX' momentum is the share of the old ones.</summary>
    private static string WriteTracked(OnnxUse use, BatchNormAttributes a) =>
        use.Add(
            "BatchNormalization",
            [use[0], .. Scales(use, a.Affine, a.Channels), use[a.RunningIndex], use[a.RunningIndex + 1]],
            OnnxAttribute.Float("epsilon", a.Epsilon),
            OnnxAttribute.Float("momentum", 1.0 - (a.Momentum ?? UsualMomentum))
        );

    /// <summary>Without running statistics those of the batch are used in evaluation too.</summary>
    private static string WriteOfBatch(OnnxUse use, BatchNormAttributes a)
    {
        int rank = use.From.Rank;
        string normal = Standardize(use, use[0], [0, .. Enumerable.Range(2, rank - 2)], a.Epsilon, isLast: !a.Affine);
        return a.Affine ? OfChannels(use, normal, rank) : normal;
    }

    /// <summary>Weight and bias; where there are none, ones and zeros that nobody learns.</summary>
    private static string[] Scales(OnnxUse use, bool isAffine, int count) =>
        isAffine ? [use[1], use[2]] : [use.Same("weight", 1.0, count), use.Same("bias", 0.0, count)];

    /// <summary>Groups of channels; groups of one channel are an instance normalization. Before opset 21 a group was scaled as a
    /// whole, so that the groups are normalized as channels, and the channels are scaled behind.</summary>
    private static void WriteGroups(OnnxUse use)
    {
        (int groups, int channels, double epsilon, bool isAffine) = use.Node.Operator.Attributes switch
        {
            BatchNormAttributes a => (a.Channels, a.Channels, a.Epsilon, a.Affine),
            var other => Of((GroupNormAttributes)other),
        };
        SymbolicShape x = use.From;
        if (groups == channels && x.Rank > 2)
        {
            use.Is(
                use.Add(
                    "InstanceNormalization",
                    [use[0], .. Scales(use, isAffine, channels)],
                    OnnxAttribute.Float("epsilon", epsilon)
                )
            );
            return;
        }

        if (use.Opset >= 21)
        {
            use.Is(
                use.Add(
                    "GroupNormalization",
                    [use[0], .. Scales(use, isAffine, channels)],
                    OnnxAttribute.Float("epsilon", epsilon),
                    OnnxAttribute.Int("num_groups", groups)
                )
            );
            return;
        }

        SymbolicShape merged = SymbolicShape.BatchOf([groups, checked((int)(x.Single.Count / groups))]);
        OnnxUse normal = use.At("normal");
        string grouped = LayoutOperators.WriteReshape(use.At("groups"), use[0], x, merged),
            normalized = normal.Add(
                "InstanceNormalization",
                [grouped, .. Scales(normal, false, groups)],
                OnnxAttribute.Float("epsilon", epsilon)
            );
        string back = LayoutOperators.WriteReshape(isAffine ? use.At("channels") : use, normalized, merged, x);
        use.Is(isAffine ? OfChannels(use, back, x.Rank) : back);

        static (int, int, double, bool) Of(GroupNormAttributes a) => (a.Groups, a.Channels, a.Epsilon, a.Affine);
    }

    /// <summary>The node has a weight and a bias, and is known from opset 17 on.</summary>
    private static void WriteLayer(OnnxUse use)
    {
        LayerNormAttributes a = use.Attributes<LayerNormAttributes>();
        int rank = use.From.Rank,
            first = rank - a.Normalized.Rank;
        if (use.Opset >= 17)
        {
            string[] scales = a.Affine
                ? [use[1], use[2]]
                :
                [
                    use.Tensor("weight", Tensor.Ones(a.Normalized, use.Type)),
                    use.Tensor("bias", Tensor.Zeros(a.Normalized, use.Type)),
                ];
            use.Is(
                use.Add(
                    "LayerNormalization",
                    [use[0], .. scales],
                    OnnxAttribute.Int("axis", first),
                    OnnxAttribute.Float("epsilon", a.Epsilon)
                )
            );
            return;
        }

        string y = Standardize(use, use[0], Enumerable.Range(first, rank - first), a.Epsilon, isLast: !a.Affine);
        use.Is(a.Affine ? use.Add("Add", [use.At("scaled").Add("Mul", [y, use[1]]), use[2]]) : y);
    }

    /// <summary>(x - mean) / sqrt(variance + epsilon), the variance with the count as divisor.</summary>
    private static string Standardize(OnnxUse use, string x, IEnumerable<int> axes, double epsilon, bool isLast)
    {
        string mean = ReductionOperators.Write(use.At("mean"), "ReduceMean", x, axes, keep: true),
            centered = use.At("centered").Add("Sub", [x, mean]),
            squares = use.At("squares").Add("Mul", [centered, centered]),
            variance = ReductionOperators.Write(use.At("variance"), "ReduceMean", squares, axes, keep: true),
            raised = ArithmeticOperators.WithNumber(use.At("raised"), "Add", variance, epsilon);
        return (isLast ? use : use.At("normal")).Add("Div", [centered, use.At("deviation").Add("Sqrt", [raised])]);
    }

    /// <summary>Times weight plus bias of channels, which stand on axis 1.</summary>
    private static string OfChannels(OnnxUse use, string x, int rank)
    {
        string scaled = use.At("scaled").Add("Mul", [x, Column("weight_column", 1)]);
        return use.Add("Add", [scaled, Column("bias_column", 2)]);

        string Column(string part, int input)
        {
            if (rank <= 2)
            {
                return use[input];
            }

            OnnxUse column = use.At(part);
            return LayoutOperators.WriteReshape(
                column,
                use[input],
                use.Node.Inputs[input].Shape,
                SymbolicShape.Fixed(
                    Shape.Create([use.Node.Inputs[input].Shape.Single[0], .. Enumerable.Repeat(1, rank - 2)])
                )
            );
        }
    }
}
