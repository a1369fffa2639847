namespace Fovea.Tests;

public sealed class MatrixProductGradientTests
{
    public static TheoryData<int[], int[]> Products =>
        new()
        {
            { [3, 4], [4, 2] },
            { [2, 3, 4], [4, 5] },
            { [3, 2], [4, 1, 2, 3] },
            { [2, 1, 3, 2], [3, 2, 2] },
            { [1, 2, 3], [9, 3, 2] },
            { [1, 2, 3], [3, 2] },
            { [3, 0], [0, 2] },
        };

    [Theory, MemberData(nameof(Products))]
    public void MatMul_EveryTransposition_HoldsToSecondOrder(int[] a, int[] b)
    {
        for (int i = 0; i < 4; i++)
        {
            (bool first, bool second) = ((i & 1) != 0, (i & 2) != 0);
            GradientRuleAssert.Holds(
                $"[{string.Join(", ", a)}] with [{string.Join(", ", b)}], transposed {first} {second}",
                t => new MatMul(first, second).Apply([.. t]),
                Leaf(a, first, "a"),
                Leaf(b, second, "b")
            );
        }
    }

    [Theory]
    [InlineData(new[] { 4, 3 })]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 2, 3, 3 })]
    [InlineData(new[] { 1, 3 })]
    public void Linear_AnyLeadingAxes_HoldsToSecondOrder(int[] x)
    {
        foreach (Tensor[] bias in new Tensor[][] { [], [GradientCase.Leaf([2], "b")] })
        {
            GradientRuleAssert.Holds(
                $"[{string.Join(", ", x)}], {bias.Length} biases",
                t => new LinearOperator().Apply([.. t]),
                [GradientCase.Leaf(Shape.Create(x)), GradientCase.Leaf([2, 3], "w"), .. bias]
            );
        }
    }

    [Fact]
    public void Differentiate_TracedWithAnOpenBatch_GivesTheEagerBitsAtEveryBatch()
    {
        GradientRuleAssert.HoldsInATrace(
            new LinearOperator(),
            [
                [3],
            ],
            Shared([2, 3]),
            Shared([2])
        );
        GradientRuleAssert.HoldsInATrace(
            new LinearOperator(),
            [
                [5, 3],
            ],
            Shared([2, 3]),
            Shared([2])
        );
        GradientRuleAssert.HoldsInATrace(
            new LinearBackwardData(),
            [
                [2],
            ],
            Shared([2, 3])
        );
        GradientRuleAssert.HoldsInATrace(
            new MatMul(),
            [
                [3, 4],
                [4, 5],
            ]
        );
        GradientRuleAssert.HoldsInATrace(
            new MatMul(),
            [
                [2, 3, 4],
            ],
            Shared([4, 5])
        );
        GradientRuleAssert.HoldsInATrace(
            new MatMul(),
            [
                [3, 4],
            ],
            Shared([1, 4, 5])
        );
        GradientRuleAssert.HoldsInATrace(
            new MatMul(false, true),
            [
                [1, 3, 4],
            ],
            Shared([2, 5, 4])
        );
    }

    private static Tensor Leaf(int[] sizes, bool transposed, string salt)
    {
        int[] given = [.. sizes];
        if (transposed)
        {
            (given[^1], given[^2]) = (given[^2], given[^1]);
        }

        return GradientCase.Leaf(Shape.Create(given), salt);
    }

    private static Tensor Shared(Shape shape)
    {
        Tensor tensor = Tensor.Normal(shape, rng: new Rng(8));
        tensor.RequiresGrad = true;
        return tensor;
    }
}
