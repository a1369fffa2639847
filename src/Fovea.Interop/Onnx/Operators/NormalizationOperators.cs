namespace Fovea.Interop.Onnx;

/// <summary>Normalizations.</summary>
internal static partial class NormalizationOperators
{
    private static readonly LearnedInput[] Affine =
    [
        new(1, "weight", ParameterKind.Norm),
        new(2, "bias", ParameterKind.Norm),
    ];

    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("BatchNormalization")
        {
            Graph = Batch,
            Learned =
            [
                .. Affine,
                new(3, "running_mean", ParameterKind.Other, IsState: true),
                new(4, "running_var", ParameterKind.Other, IsState: true),
            ],
            Writes = [OnnxWriting.Of<BatchNormalization>(WriteBatch)],
        },
        new("InstanceNormalization")
        {
            Graph = c => [c.Like(Group(c, c[0].Shape[1], c.X(1), c.X(2)))],
            Learned = Affine,
        },
        new("GroupNormalization")
        {
            Graph = Group,
            Learned = Affine,
            Writes = [OnnxWriting.Of<GroupNormalizationOperator>(WriteGroups)],
        },
        new("LayerNormalization")
        {
            Graph = Layer,
            Learned = Affine,
            Writes = [OnnxWriting.Of<LayerNormalizationOperator>(WriteLayer)],
        },
        new("RMSNormalization") { Graph = RootMeanSquare, Learned = [Affine[0]] },
        new("LpNormalization") { Graph = Norm },
        new("MeanVarianceNormalization") { Graph = MeanVariance },
        new("LRN") { Graph = Response },
    ];

    /// <summary>Statistics of the file in evaluation; in training those of the batch, and the file's move. ONNX' momentum is
    /// the share of the old statistics, one minus that of the house.</summary>
    private static OnnxValue?[] Batch(OnnxCall c)
    {
        if (c.Opset < 9 && !c.Node.Flag("spatial", true))
        {
            throw c.Unsupported("normalization of each position by itself (spatial = 0) is not supported");
        }

        Tensor x = c.X();
        BatchNormAttributes attributes = new(
            null,
            x.Rank > 1 ? x.Shape[1] : 1,
            c.Node.Float("epsilon", 1e-5),
            Math.Round(1.0 - c.Node.Float("momentum", 0.9), 12)
        );
        if (c.Opset >= 14 ? c.Node.Flag("training_mode", false) : c.Wants(1))
        {
            return Training(c, x, attributes);
        }

        Tensor count = c.Layer.Batches ?? Tensor.Scalar(0.0, x.DType);
        bool isTraining = c.Layer.IsTraining && c.Layer.Batches is not null;
        Operator op = c.Make("batchnorm", attributes with { Training = isTraining });
        IReadOnlyList<Tensor> results = op.ApplyAll(x, c.X(1), c.X(2), c.X(3), c.X(4), count);
        if (isTraining)
        {
            ((StateBuffer)c.X(3)).Update(results[1]);
            ((StateBuffer)c.X(4)).Update(results[2]);
            c.Layer.Batches!.Update(results[3]);
        }

        return [c.Like(results[0])];
    }

    /// <summary>A node that normalizes by the batch, and gives the next statistics: with the plain variance.</summary>
    private static OnnxValue?[] Training(OnnxCall c, Tensor x, BatchNormAttributes attributes)
    {
        int[] axes = [0, .. Enumerable.Range(2, x.Rank - 2)];
        double old = 1.0 - attributes.Momentum!.Value;
        Tensor y = c.Apply("batchnorm", attributes with { Training = true, Running = false }, x, c.X(1), c.X(2)),
            mean = x.Mean(axes),
            variance = x.Variance(axes, correction: 0);
        return
        [
            c.Like(y),
            c.Like((c.X(3) * old) + (mean * (1.0 - old))),
            c.Like((c.X(4) * old) + (variance * (1.0 - old))),
            c.Like(mean),
            c.Like(variance),
        ];
    }

    private static Tensor Group(OnnxCall c, int groups, Tensor weight, Tensor bias) =>
        c.Apply(
            "groupnorm",
            new GroupNormAttributes(groups, c[0].Shape[1], c.Node.Float("epsilon", 1e-5)),
            c.X(),
            weight,
            bias
        );

    /// <summary>Scale and shift are of groups before opset 21, then of channels.</summary>
    private static OnnxValue?[] Group(OnnxCall c)
    {
        int groups = checked((int)c.Node.Int("num_groups", 0)),
            channels = c[0].Shape[1];
        if (groups < 1 || channels % groups != 0)
        {
            throw c.Error($"num_groups must divide {channels} channels, got {groups}");
        }

        return [c.Like(Group(c, groups, OfChannels(c.X(1)), OfChannels(c.X(2))))];

        Tensor OfChannels(Tensor values) =>
            values.Shape[0] == channels
                ? values
                : values.Unsqueeze(1).Expand(groups, channels / groups).Reshape(channels);
    }

    private static OnnxValue?[] Layer(OnnxCall c)
    {
        Tensor x = c.X();
        int axis = c.Axis(c.Node.Int("axis", -1), x.Rank);
        int[] axes = [.. Enumerable.Range(axis, x.Rank - axis)];
        Shape normalized = Shape.Create(x.Shape.Sizes[axis..]);
        double epsilon = c.Node.Float("epsilon", 1e-5);
        Tensor weight = Whole(c.X(1)),
            bias = c.Find(2) is { } given ? Whole(given.Tensor) : weight * 0.0;
        Tensor y = c.Apply("layernorm", new LayerNormAttributes(normalized, epsilon), x, weight, bias);
        if (!c.Wants(1) && !c.Wants(2))
        {
            return [c.Like(y)];
        }

        Tensor mean = x.Mean(axes, keepDims: true),
            inverse = 1.0 / (x.Variance(axes, keepDims: true, correction: 0) + epsilon).Sqrt();
        return [c.Like(y), c.Like(mean), c.Like(inverse)];

        Tensor Whole(Tensor values) => values.Shape == normalized ? values : values.Expand(normalized.Sizes);
    }

    private static OnnxValue?[] RootMeanSquare(OnnxCall c)
    {
        Tensor x = c.X();
        int axis = c.Axis(c.Node.Int("axis", -1), x.Rank);
        Tensor mean = x.Square().Mean([.. Enumerable.Range(axis, x.Rank - axis)], keepDims: true);
        return [c.Like(x / (mean + c.Node.Float("epsilon", 1e-5)).Sqrt() * c.X(1))];
    }

    private static OnnxValue?[] Norm(OnnxCall c)
    {
        Tensor x = c.X(),
            norm = x.Norm(c.Node.Int("p", 2), [c.Axis(c.Node.Int("axis", -1), x.Rank)], keepDims: true);
        return [c.Like(x / Tensor.Where(norm > 0.0, norm, Tensor.Scalar(1.0, x.DType)))];
    }

    private static OnnxValue?[] MeanVariance(OnnxCall c)
    {
        Tensor x = c.X();
        int[] axes = c.Axes(c.Node.Ints("axes") ?? [0, 2, 3], x.Rank)!;
        Tensor centered = x - x.Mean(axes, keepDims: true);
        return [c.Like(centered / (centered.Square().Mean(axes, keepDims: true).Sqrt() + 1e-9))];
    }

    /// <summary>x over a power of the sum of squares in neighbouring channels: the sum is a pool along the channels.</summary>
    private static OnnxValue?[] Response(OnnxCall c)
    {
        Tensor x = c.X();
        int size = checked((int)c.Node.Int("size", 1)),
            channels = x.Shape[1],
            plane = x.Shape.Skip(2).Aggregate(1, (a, b) => checked(a * b)),
            before = (size - 1) / 2;
        SlidingPoolAttributes window = new(
            2,
            PerAxis.Create([size, 1]),
            1,
            Padding.Explicit(PerAxis.Create([before, 0]), PerAxis.Create([size - 1 - before, 0])),
            1
        )
        {
            Divisor = 1,
        };
        Tensor squares = x.Square().Reshape(x.Shape[0], 1, channels, plane);
        Tensor sums = c.Apply("avgpool", window, squares).Reshape(x.Shape.Sizes);
        double alpha = c.Node.Float("alpha", 1e-4) / size;
        return [c.Like(x * ((sums * alpha) + c.Node.Float("bias", 1.0)).Power(-c.Node.Float("beta", 0.75)))];
    }
}
