namespace Fovea.Tests;

/// <summary>Every kind of normalization as an operator with its inputs: in training and evaluation, with and without weight,
/// running statistics, a ReLU and a residual, of 2 to 5 axes.</summary>
internal static class NormalizationCases
{
    private static readonly Shape[] Shapes =
    [
        [4, 3],
        [2, 3, 3],
        [2, 2, 2, 3],
        [1, 2, 2, 2],
        [2, 2, 2, 1, 2],
    ];

    /// <summary>An operator, and its inputs; a gradient is wanted of those that require one.</summary>
    public sealed record Case(string Name, Operator Operator, Tensor[] Inputs)
    {
        /// <summary>The same operator on other inputs that are equal, with gradients wanted as given.</summary>
        public Tensor[] Copies(Func<int, bool> needs) =>
            [
                .. Inputs.Select(
                    (input, i) =>
                    {
                        Tensor copy = input.Clone();
                        copy.RequiresGrad = input.RequiresGrad && needs(i);
                        return copy;
                    }
                ),
            ];
    }

    public static IEnumerable<Case> All(DType dtype = DType.Float64) => [.. OfBatches(dtype), .. OfItems(dtype)];

    /// <summary>A batch normalization with its inputs: x, weight, bias, running mean, variance, count, residual.</summary>
    public static Case Batch(Shape shape, DType dtype, bool training, bool affine, bool running, int relu)
    {
        int channels = shape[1];
        BatchNormAttributes options = new(null, channels, 1e-3, 0.1, affine, running)
        {
            Training = training,
            Relu = relu > 0,
            Residual = relu > 1,
        };
        return new Case(
            $"BatchNorm {shape} training {training} affine {affine} running {running} relu {relu}",
            new BatchNormalization(options),
            [
                Leaf(shape, 1, dtype),
                .. Parameters(affine, [channels], dtype),
                .. running ? Running(channels, dtype) : [],
                .. relu > 1 ? [Leaf(shape, 4, dtype)] : Array.Empty<Tensor>(),
            ]
        );
    }

    private static IEnumerable<Case> OfBatches(DType dtype) =>
        from shape in Shapes
        from training in new[] { true, false }
        from affine in new[] { true, false }
        from running in new[] { true, false }
        from relu in new[] { 0, 1, 2 }
        select Batch(shape, dtype, training, affine, running, relu);

    private static IEnumerable<Case> OfItems(DType dtype)
    {
        foreach (
            Shape shape in (Shape[])
                [
                    [3, 4],
                    [2, 4, 3],
                    [1, 4, 2, 2],
                    [2, 4, 1, 2, 2],
                ]
        )
        {
            foreach (bool affine in new[] { true, false })
            {
                foreach (int groups in new[] { 1, 2 })
                {
                    yield return new Case(
                        $"GroupNorm {groups} {shape} affine {affine}",
                        new GroupNormalizationOperator(new GroupNormAttributes(groups, 4, 1e-3, affine)),
                        [Leaf(shape, 1, dtype), .. Parameters(affine, [4], dtype)]
                    );
                }

                for (int axes = 1; axes <= shape.Rank; axes++)
                {
                    Shape normalized = Shape.Create(shape.Sizes[^axes..]);
                    yield return new Case(
                        $"LayerNorm {normalized} of {shape} affine {affine}",
                        new LayerNormalizationOperator(normalized, 1e-3, affine),
                        [Leaf(shape, 1, dtype), .. Parameters(affine, normalized, dtype)]
                    );
                }

                if (shape.Rank > 2)
                {
                    yield return new Case(
                        $"InstanceNorm {shape} affine {affine}",
                        new GroupNormalizationOperator(
                            new BatchNormAttributes(null, 4, 1e-3, 0.1, affine) { IsInstance = true, Training = true }
                        ),
                        [Leaf(shape, 1, dtype), .. Parameters(affine, [4], dtype), .. Running(4, dtype)]
                    );
                }
            }
        }
    }

    private static Tensor[] Parameters(bool affine, Shape shape, DType dtype) =>
        affine ? [Leaf(shape, 2, dtype), Leaf(shape, 3, dtype)] : [];

    private static Tensor[] Running(int channels, DType dtype) =>
        [
            Tensor.Uniform([channels], -1.0, 1.0, new Rng(5), dtype),
            Tensor.Uniform([channels], 0.5, 1.5, new Rng(6), dtype),
            Tensor.Full([], 3.0, dtype),
        ];

    private static Tensor Leaf(Shape shape, ulong seed, DType dtype)
    {
        Tensor leaf = Tensor.Uniform(shape, -2.0, 2.0, new Rng(seed).Split($"{shape}"), dtype);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
