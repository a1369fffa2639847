namespace Fovea.Tests;

public sealed class MatMulTests
{
    public static TheoryData<int[], int[], int[]> Shapes =>
        new()
        {
            { [3, 4], [4, 5], [3, 5] },
            { [1, 1], [1, 1], [1, 1] },
            { [2, 3, 4], [4, 5], [2, 3, 5] },
            { [2, 1, 3, 4], [3, 4, 2], [2, 3, 3, 2] },
            { [9, 2, 3], [9, 3, 2], [9, 2, 2] },
            { [3, 0], [0, 2], [3, 2] },
            { [0, 3, 2], [2, 4], [0, 3, 4] },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void MatMul_AnyBatch_MatchesBroadcastProductsAndFiniteDifferences(int[] shapeA, int[] shapeB, int[] shape)
    {
        Tensor a = GradientAssert.Input(Shape.Create(shapeA)),
            b = GradientAssert.Input(Shape.Create(shapeB), seed: 3);
        Tensor y = a.MatMul(b);
        Assert.Equal(Shape.Create(shape), y.Shape);

        // [..., m, k, 1] * [..., 1, k, n] summed over k: the same by other operators.
        double[] expected = (a.Unsqueeze(-1) * b.Unsqueeze(-3)).Sum([-2]).ToArray<double>(),
            actual = y.ToArray<double>();
        double[] single = a.To(DType.Float32).MatMul(b.To(DType.Float32)).ToArray<double>();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 1e-13,
                $"element {i}: expected {expected[i]:R}, got {actual[i]:R}"
            );
            Assert.True(
                Math.Abs(expected[i] - single[i]) <= 1e-5,
                $"float, element {i}: expected {expected[i]:R}, got {single[i]:R}"
            );
        }

        GradientAssert.Agrees(t => t[0].MatMul(t[1]), a, b);
    }

    [Fact]
    public void MatMul_ShapesThatDoNotFit_NamesThem()
    {
        Assert.Equal(
            "MatMul: columns of the first must equal rows of the second, got 3 and 2. [2, 3] with [2, 4]. Transpose one?",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2, 3]).MatMul(Tensor.Ones([2, 4]))).Message
        );
        Assert.Equal(
            "MatMul: both tensors need at least two axes, got [3] and [3, 1]. Use Unsqueeze to make a vector a row or column.",
            Assert.Throws<ShapeException>(() => Tensor.Ones([3]).MatMul(Tensor.Ones([3, 1]))).Message
        );
        Assert.Equal(
            "MatMul: leading axes must agree (sizes equal, or one of them 1), got [2, 1, 1] and [3, 1, 1].",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2, 1, 1]).MatMul(Tensor.Ones([3, 1, 1]))).Message
        );
    }
}
