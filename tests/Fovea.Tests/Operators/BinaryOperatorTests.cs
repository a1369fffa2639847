namespace Fovea.Tests;

public sealed class BinaryOperatorTests
{
    private static readonly Dictionary<
        string,
        (Func<Tensor, Tensor, Tensor> Function, Func<double, double, double> Expected)
    > Cases = new()
    {
        ["add"] = ((a, b) => a + b, (a, b) => a + b),
        ["subtract"] = ((a, b) => a - b, (a, b) => a - b),
        ["multiply"] = ((a, b) => a * b, (a, b) => a * b),
        ["divide"] = ((a, b) => a / b, (a, b) => a / b),
        ["maximum"] = ((a, b) => a.Maximum(b), Math.Max),
        ["minimum"] = ((a, b) => a.Minimum(b), Math.Min),
    };

    private static readonly (int[] A, int[] B, int[] Output)[] Shapes =
    [
        ([2, 3, 5], [2, 3, 5], [2, 3, 5]),
        ([2, 3, 3, 3], [3, 1, 1], [2, 3, 3, 3]),
        ([2, 3, 3, 3], [1, 3, 1, 1], [2, 3, 3, 3]),
        ([3, 7], [7], [3, 7]),
        ([], [2, 3], [2, 3]),
        ([2, 1, 4], [3, 1], [2, 3, 4]),
        ([1, 1], [1], [1, 1]),
        ([5, 1], [1, 9], [5, 9]),
    ];

    public static TheoryData<string, int> All
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string name in Cases.Keys)
            {
                for (int i = 0; i < Shapes.Length; i++)
                {
                    data.Add(name, i);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Apply_ShapesThatBroadcast_MatchesIndexArithmeticAndFiniteDifferences(string name, int shapes)
    {
        (int[] shapeA, int[] shapeB, int[] shape) = Shapes[shapes];
        Tensor a = GradientAssert.Input(Shape.Create(shapeA)),
            b = GradientAssert.Positive(Shape.Create(shapeB));
        Tensor y = Cases[name].Function(a, b);
        Assert.Equal(Shape.Create(shape), y.Shape);
        double[] va = a.ToArray<double>(),
            vb = b.ToArray<double>(),
            vy = y.ToArray<double>();
        double[] single = Cases[name].Function(a.To(DType.Float32), b.To(DType.Float32)).ToArray<double>();
        for (int i = 0; i < vy.Length; i++)
        {
            double expected = Cases[name].Expected(va[Source(i, shape, shapeA)], vb[Source(i, shape, shapeB)]);
            Assert.True(
                Math.Abs(vy[i] - expected) <= 1e-15 * Math.Abs(expected),
                $"{name} {a.Shape} {b.Shape}, element {i}: expected {expected:R}, got {vy[i]:R}"
            );
            Assert.True(
                Math.Abs(single[i] - expected) <= 1e-6 * (1 + Math.Abs(expected)),
                $"{name} in float, element {i}: expected {expected:R}, got {single[i]:R}"
            );
        }

        GradientAssert.Agrees(x => Cases[name].Function(x[0], x[1]), a, b);
        Tensor positive = GradientAssert.Positive(Shape.Create(shapeA), seed: 9);
        GradientAssert.Agrees(x => Cases[name].Function(x[1], x[0]), positive, b);
    }

    [Fact]
    public void Maximum_EqualElements_ShareTheGradient()
    {
        Tensor a = Tensor.From([1f, 2f, 3f], [3]),
            b = Tensor.From([1f, 5f, 0f], [3]);
        a.RequiresGrad = b.RequiresGrad = true;
        a.Maximum(b).Sum().Backward();
        Assert.Equal([0.5f, 0f, 1f], a.Grad!.ToArray());
        Assert.Equal([0.5f, 1f, 0f], b.Grad!.ToArray());
    }

    [Fact]
    public void Add_SameTensorTwice_AddsBothGradients()
    {
        Tensor x = Tensor.From([1f, 2f], [2]);
        x.RequiresGrad = true;
        ((x + x) * x).Sum().Backward();
        Assert.Equal([4f, 8f], x.Grad!.ToArray());
    }

    [Fact]
    public void Multiply_OneOperandWithoutGradient_KeepsOnlyTheOther()
    {
        Tensor x = GradientAssert.Input([2, 3]);
        Tensor constant = Tensor.Full([3], 2.0, DType.Float64);
        GradientAssert.Agrees(i => i * constant, x);
        GradientAssert.Agrees(i => constant * i, x);
    }

    [Fact]
    public void Apply_EmptyBatch_GivesZeroGradientToWhatWasBroadcast()
    {
        Tensor x = Tensor.Zeros([0, 3]),
            b = Tensor.Ones([3]);
        b.RequiresGrad = true;
        Tensor y = x * b;
        y.Sum().Backward();
        Assert.Equal<Shape>([0, 3], y.Shape);
        Assert.Equal([0f, 0f, 0f], b.Grad!.ToArray());
    }

    [Fact]
    public void Apply_ShapesThatDoNotFit_NamesThem() =>
        Assert.Equal(
            "Add: shapes must agree from the last axis on (sizes equal, or one of them 1), got [2, 3] and [4]. Use Reshape or Unsqueeze to line the axes up.",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2, 3]) + Tensor.Ones([4])).Message
        );

    [Fact]
    public void Apply_DifferentElementTypes_SaysWhatToDo() =>
        Assert.Equal(
            "Multiply: inputs must share one element type, got Float32 and Float64. Convert one with To.",
            Assert.Throws<ShapeException>(() => Tensor.Ones([2]) * Tensor.Ones([2], DType.Float64)).Message
        );

    private static int Source(int index, int[] shape, int[] own)
    {
        int source = 0,
            step = 1;
        for (int axis = 1; axis <= shape.Length; axis++)
        {
            int position = index % shape[^axis],
                size = axis <= own.Length ? own[^axis] : 1;
            index /= shape[^axis];
            source += size == 1 ? 0 : position * step;
            step *= size;
        }

        return source;
    }
}
