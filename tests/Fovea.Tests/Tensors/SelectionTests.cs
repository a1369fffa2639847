namespace Fovea.Tests;

/// <summary>Comparisons, choices, order and norms, with values by hand.</summary>
public sealed class SelectionTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void Compare_WithNotANumberAndInfinity_FollowsIeee()
    {
        Tensor a = Tensor.From<float>([1, 2, NaN, float.PositiveInfinity, -0f], [5]),
            b = Tensor.From<float>([2, 2, NaN, float.PositiveInfinity, 0], [5]);
        Assert.Equal([0, 0, 0, 0, 0], (a > b).ToArray());
        Assert.Equal([1, 0, 0, 0, 0], (a < b).ToArray());
        Assert.Equal([0, 1, 0, 1, 1], (a >= b).ToArray());
        Assert.Equal([1, 1, 0, 1, 1], (a <= b).ToArray());
        Assert.Equal([0, 1, 0, 1, 1], a.EqualTo(b).ToArray());
        Assert.Equal([1, 0, 1, 0, 0], a.NotEqualTo(b).ToArray());
        Assert.Equal([0, 1, 0, 1, 0], (a > 1.5).ToArray());
        Assert.False((a > b).RequiresGrad);
    }

    [Fact]
    public void Compare_LargeIntegers_IsExact()
    {
        const long Large = (1L << 53) + 1;
        Tensor a = Tensor.From<long>([Large, Large - 1], [2]),
            b = Tensor.From<long>([Large - 1], [1]);
        Assert.Equal([1, 0], (a > b).ToArray());
        Assert.Equal([0, 1], a.EqualTo(b).ToArray());
        Assert.Equal(DType.Float32, (a > b).DType);
        Assert.Equal([1, 1], (a > 4.0).ToArray());
    }

    [Fact]
    public void Where_InfinityInTheOther_DoesNotReachTheGradient()
    {
        Tensor x = Tensor.From<float>([0, 4], [2]);
        x.RequiresGrad = true;
        Tensor y = Tensor.Where(x > 0.0, x * 2.0, x + float.PositiveInfinity);
        y.Backward(Tensor.From<float>([float.PositiveInfinity, 1], [2]));
        Assert.Equal([float.PositiveInfinity, 8], y.ToArray());
        Assert.Equal([float.PositiveInfinity, 2], x.Grad!.ToArray());
    }

    [Fact]
    public void Where_Broadcasts_AllThree()
    {
        Tensor y = Tensor.Where(
            Tensor.From<long>([1, 0], [2, 1]),
            Tensor.From<float>([1, 2, 3], [3]),
            Tensor.Scalar(9)
        );
        Assert.Equal<Shape>([2, 3], y.Shape);
        Assert.Equal([1, 2, 3, 9, 9, 9], y.ToArray());
        Assert.Contains(
            "got condition [2], [3] and []",
            Assert
                .Throws<ShapeException>(() => Tensor.Where(Tensor.Zeros([2]), Tensor.Zeros([3]), Tensor.Scalar(1)))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void TopK_TiesAndNotANumber_KeepTheirOrder()
    {
        Tensor x = Tensor.From<float>([3, NaN, 3, 1, 5], [5]);
        (Tensor values, Tensor positions) = x.TopK(3);
        Assert.Equal([NaN, 5, 3], values.ToArray());
        Assert.Equal([1L, 4L, 0L], positions.ToArray<long>());
        Assert.Equal([3L, 0L, 2L, 4L, 1L], x.Sort().Positions.ToArray<long>());
        Assert.Equal([3L], x.TopK(1, largest: false).Positions.ToArray<long>());
        Assert.Equal<Shape>([0], x.TopK(0).Values.Shape);
        Assert.Contains(
            "got 6 on axis -1 of [5]",
            Assert.Throws<ShapeException>(() => x.TopK(6)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Sort_AlongAMiddleAxis_SortsEachRun()
    {
        Tensor x = Tensor.From<float>([3, 10, 1, 30, 2, 20], [1, 3, 2]);
        Assert.Equal([1, 10, 2, 20, 3, 30], x.Sort(1).Values.ToArray());
        Assert.Equal([3, 30, 2, 20, 1, 10], x.Sort(1, descending: true).Values.ToArray());
    }

    [Fact]
    public void Gather_OutsideOrWrongType_IsRefused()
    {
        Tensor x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Equal([2, 0, 3, 4], x.Gather(1, Tensor.From<long>([2, 0, 0, 1], [2, 2])).ToArray());
        Assert.Equal([3, 1, 5], x.Gather(0, Tensor.From<long>([1, 0, 1], [1, 3])).ToArray());
        foreach (
            (Action act, string part) in new (Action, string)[]
            {
                (() => x.Gather(1, Tensor.From<long>([3, 0], [2, 1])), "positions must be 0 to 2"),
                (() => x.Gather(1, Tensor.From<long>([-1, 0], [2, 1])), "got -1"),
                (() => x.Gather(1, Tensor.Zeros([2, 1])), "positions must be Int64"),
            }
        )
        {
            Assert.Contains(part, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "got [1, 1] and x [2, 3]",
            Assert.Throws<ShapeException>(() => x.Gather(1, Tensor.From<long>([0], [1, 1]))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void OneHot_Labels_GiveRowsAndRefuseOthers()
    {
        Tensor labels = Tensor.From<long>([2, 0], [2]);
        Assert.Equal([0, 0, 1, 1, 0, 0], labels.OneHot(3).ToArray());
        Assert.Equal(DType.Float64, labels.OneHot(3, DType.Float64).DType);
        Assert.Contains(
            "labels must be 0 to 1, the number of classes less 1, got 2",
            Assert.Throws<ArgumentException>(() => labels.OneHot(2)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(1, 7)]
    [InlineData(double.PositiveInfinity, 4)]
    [InlineData(3, 4.497941445275415)]
    public void Norm_ByHand(double p, double expected)
    {
        Tensor x = Tensor.From<double>([3, -4], [2]);
        Assert.Equal(expected, x.Norm(p).Item(), 12);
    }

    [Fact]
    public void Norm_HugeTinyAndZero_NeitherOverflowsNorLosesTheGradient()
    {
        Assert.Equal(5e30, Tensor.From<float>([3e30f, 4e30f], [2]).Norm().Item(), 1e25);
        Assert.Equal(5e-30, Tensor.From<float>([3e-30f, 4e-30f], [2]).Norm().Item(), 1e-35);
        Assert.Equal(double.PositiveInfinity, Tensor.From<float>([1, float.PositiveInfinity], [2]).Norm().Item());
        Assert.Equal(NaN, (float)Tensor.From<float>([1, NaN], [2]).Norm().Item());
        Tensor zero = Tensor.Zeros([3]);
        zero.RequiresGrad = true;
        zero.Norm().Backward();
        Assert.Equal([0, 0, 0], zero.Grad!.ToArray());
    }

    [Fact]
    public void Reductions_ByHand()
    {
        Tensor x = Tensor.From<float>([3, 1, 2, 6, 5, 4], [2, 3]);
        Assert.Equal([1, 4], x.Min([1]).ToArray());
        Assert.Equal(1, x.Min().Item());
        Assert.Equal([1L, 2L], x.ArgMin().ToArray<long>());
        Assert.Equal([1, 1], x.Std([1]).ToArray());
        Assert.Equal([3, 4, 6, 6, 11, 15], x.CumSum().ToArray());
        Assert.Equal([3, 1, 2, 9, 6, 6], x.CumSum(0).ToArray());
        Assert.True(float.IsNaN((float)Tensor.From<float>([1, NaN], [2]).Min().Item()));
    }

    [Fact]
    public void StepsAndCircles_ByHand()
    {
        Tensor x = Tensor.From<float>([-1.5f, -0.5f, 0, 0.5f, 1.5f, 2.5f], [6]);
        Assert.Equal([-1, -1, 0, 1, 1, 1], x.Sign().ToArray());
        Assert.Equal([-2, -1, 0, 0, 1, 2], x.Floor().ToArray());
        Assert.Equal([-1, -0f, 0, 1, 2, 3], x.Ceiling().ToArray());
        Assert.Equal([-2, -0f, 0, 0, 2, 2], x.Round().ToArray());
        double[] angles = [-1e6, -3, 0, 0.1, 1, 1e4, 1e9];
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
        {
            double[] used = Tensor.From(angles, [7]).To(type).ToArray<double>();
            double tolerance = type == DType.Float32 ? 1e-6 : 1e-14;
            double[] sin = Tensor.From(angles, [7]).To(type).Sin().ToArray<double>(),
                cos = Tensor.From(angles, [7]).To(type).Cos().ToArray<double>();
            for (int i = 0; i < used.Length; i++)
            {
                Assert.Equal(Math.Sin(used[i]), sin[i], tolerance);
                Assert.Equal(Math.Cos(used[i]), cos[i], tolerance);
            }
        }
    }

    /// <summary>Abramowitz and Stegun, Handbook of Mathematical Functions, table 7.1.</summary>
    [Fact]
    public void Erf_OfTheTable_IsThat()
    {
        double[] y = Tensor.From([-1.0, 0.0, 0.5, 1.0, 2.0], [5]).Erf().ToArray<double>(),
            table = [-0.8427007929, 0.0, 0.5204998778, 0.8427007929, 0.9953222650];
        for (int i = 0; i < table.Length; i++)
        {
            Assert.Equal(table[i], y[i], 1e-10);
        }
    }

    [Fact]
    public void Detach_InATrace_StaysConnectedAndStopsGradients()
    {
        Conv2d layer = new(1, 2, 3);
        Lambda network = new(x => layer.Forward(x) * layer.Forward(x).Detach());
        Graph graph = Graph.Trace(network, [1, 4, 4]);
        Tensor x = Tensor.Normal([2, 1, 4, 4], rng: new Rng(1));
        Assert.Equal(network.Forward(x).ToArray(), new Interpreter(graph).Run(x).ToArray());
        Assert.Equal(network.Forward(x).ToArray(), graph.Compile().Run(x).ToArray());
    }
}
