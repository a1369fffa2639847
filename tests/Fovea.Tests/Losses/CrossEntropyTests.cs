namespace Fovea.Tests;

public sealed class CrossEntropyTests
{
    private static readonly double[] Weights = [0.5, 1, 2, 0, 3];

    public static TheoryData<bool, double, bool> Options =>
        new()
        {
            { true, 0.0, false },
            { true, 0.0, true },
            { true, 0.1, false },
            { true, 0.2, true },
            { false, 0.0, false },
            { false, 0.3, false },
            { false, 0.1, true },
        };

    [Theory, MemberData(nameof(Options))]
    public void Forward_AnyTarget_MatchesTheFormulaAndFiniteDifferences(bool labels, double smoothing, bool weighted)
    {
        foreach (Shape shape in new Shape[] { [4, 5], [2, 5, 3, 1], [5] })
        {
            Tensor x = GradientAssert.Input(shape);
            Tensor target = labels
                ? Labels(shape)
                : Tensor.Uniform(shape, 0, 1, new Rng(3), DType.Float64).Softmax(shape.Rank == 1 ? 0 : 1);
            double[] expected = Expected(x, target, labels, smoothing, weighted, out double total);
            CrossEntropy loss = Create(LossReduction.None);
            double[] actual = loss.Forward(x, target).ToArray<double>();
            double[] single = loss.Forward(x.To(DType.Float32), labels ? target : target.To(DType.Float32))
                .ToArray<double>();
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(
                    Math.Abs(expected[i] - actual[i]) <= 1e-12,
                    $"{shape}, position {i}: expected {expected[i]:R}, got {actual[i]:R}"
                );
                Assert.True(
                    Math.Abs(expected[i] - single[i]) <= 2e-5,
                    $"{shape} in float, position {i}: expected {expected[i]:R}, got {single[i]:R}"
                );
            }

            Assert.Equal(expected.Sum() / total, Create(LossReduction.Mean).Forward(x, target).Item(), 1e-12);
            Assert.Equal(total, Create(LossReduction.Mean).Divisor(x, target)!.Value, 1e-12);
            foreach (LossReduction reduction in new[] { LossReduction.BatchMean, LossReduction.Sum })
            {
                CrossEntropy other = Create(reduction);
                Assert.Equal(
                    expected.Sum(),
                    other.Forward(x, target).Item() * (other.Divisor(x, target) ?? 1.0),
                    1e-12
                );
            }

            GradientAssert.Agrees(p => Create(LossReduction.None).Forward(p, target), x);
            GradientAssert.Agrees(p => Create(LossReduction.Mean).Forward(p, target), x);
        }

        CrossEntropy Create(LossReduction reduction) =>
            new(smoothing) { Reduction = reduction, ClassWeights = weighted ? Tensor.From(Weights, [5]) : null };
    }

    [Fact]
    public void Forward_UniformLogits_IsTheLogarithmOfTheNumberOfClasses() =>
        Assert.Equal(
            Math.Log(10),
            new CrossEntropy().Forward(Tensor.Zeros([4, 10], DType.Float64), Tensor.Zeros([4], DType.Int64)).Item(),
            1e-14
        );

    [Fact]
    public void Forward_IgnoredLabel_CountsForNothing()
    {
        Tensor x = GradientAssert.Input([3, 5]);
        Tensor target = Tensor.From([1L, 255L, 4L], [3]);
        Tensor kept = Tensor.Concat([x.Slice(0, ..1), x.Slice(0, 2..)], 0);
        CrossEntropy loss = new(0.1) { IgnoredLabel = 255 };
        Assert.Equal(
            new CrossEntropy(0.1).Forward(kept, Tensor.From([1L, 4L], [2])).Item(),
            loss.Forward(x, target).Item(),
            1e-14
        );
        GradientAssert.Agrees(p => loss.Forward(p, target), x);
        Assert.Equal(2.0, loss.Divisor(x, target));
        Assert.Equal(0.0, loss.Forward(x, Tensor.Full([3], 255, DType.Int64)).Item());
        Assert.Equal(0.0, loss.Divisor(x, Tensor.Full([3], 255, DType.Int64)));
    }

    [Fact]
    public void Forward_EmptyBatch_IsZeroWithEmptyGradient()
    {
        Tensor x = Tensor.Zeros([0, 5]);
        x.RequiresGrad = true;
        Tensor loss = new CrossEntropy().Forward(x, Tensor.Zeros([0], DType.Int64));
        loss.Backward();
        Assert.Equal(0.0, loss.Item());
        Assert.Equal<Shape>([0, 5], x.Grad!.Shape);
    }

    [Fact]
    public void Forward_HugeLogits_StaysFinite() =>
        Assert.Equal(
            20000.0,
            new CrossEntropy().Forward(Tensor.From([10000f, -10000f], [1, 2]), Tensor.From([1L], [1])).Item()
        );

    [Fact]
    public void Errors_NameRuleValuesAndFix()
    {
        Tensor x = Tensor.Zeros([4, 10]);
        Assert.Equal(
            "CrossEntropy: labels must be 0 to 9, got 12 at index 3.",
            Assert
                .Throws<ArgumentException>(() => new CrossEntropy().Forward(x, Tensor.From([0L, 9L, 1L, 12L], [4])))
                .Message
        );
        Assert.Equal(
            "CrossEntropy: labels must be 0 to 9, got -1 at index 0.",
            Assert
                .Throws<ArgumentException>(() =>
                    new CrossEntropy { ClassWeights = Tensor.Ones([10]) }.Forward(
                        x,
                        Tensor.From([-1L, 9L, 1L, 2L], [4])
                    )
                )
                .Message
        );
        Assert.Equal(
            "CrossEntropy: labels must be [4], the prediction's shape without its class axis, got [4, 1]. Prediction [4, 10].",
            Assert
                .Throws<ShapeException>(() => new CrossEntropy().Forward(x, Tensor.Zeros([4, 1], DType.Int64)))
                .Message
        );
        Assert.Equal(
            "CrossEntropy: target probabilities must have the prediction's shape, got [4] and [4, 10]. Labels must be Int64: convert them with To(DType.Int64).",
            Assert.Throws<ShapeException>(() => new CrossEntropy().Forward(x, Tensor.Zeros([4]))).Message
        );
        Assert.Equal(
            "CrossEntropy: class weights must be [10], one for each class, got [3]. Prediction [4, 10].",
            Assert
                .Throws<ShapeException>(() =>
                    new CrossEntropy { ClassWeights = Tensor.Ones([3]) }.Forward(x, Tensor.Zeros([4], DType.Int64))
                )
                .Message
        );
        Assert.Equal(
            "CrossEntropy: labelSmoothing must be 0 to 1, got 1.5. (Parameter 'labelSmoothing')",
            Assert.Throws<ArgumentException>(() => new CrossEntropy(1.5)).Message
        );
        Assert.Equal(
            "CrossEntropy: the prediction must be [N, classes, ...] or [classes] with one class or more, got [4, 0].",
            Assert
                .Throws<ShapeException>(() =>
                    new CrossEntropy().Forward(Tensor.Zeros([4, 0]), Tensor.Zeros([4], DType.Int64))
                )
                .Message
        );
    }

    [Fact]
    public void Loss_DerivedByAUser_ReducesLikeTheOthers()
    {
        Tensor p = GradientAssert.Input([2, 2]);
        GradientAssert.Agrees(t => new Cubed().Forward(t, Tensor.Zeros([2, 2], DType.Float64)), p);
        Assert.Equal(
            p.Abs().Power(3).Mean().Item(),
            new Cubed().Forward(p, Tensor.Zeros([2, 2], DType.Float64)).Item(),
            1e-14
        );
    }

    private static Tensor Labels(Shape x)
    {
        int[] sizes = x.Rank == 1 ? [] : [x[0], .. x.Sizes[2..].ToArray()];
        Shape shape = Shape.Create(sizes);
        return Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(i => (long)(i * 3 % 5))], shape);
    }

    private static double[] Expected(
        Tensor x,
        Tensor target,
        bool labels,
        double smoothing,
        bool weighted,
        out double total
    )
    {
        Shape shape = x.Shape;
        int inner = shape.Rank == 1 ? 1 : (int)(shape.Count / shape[0] / 5),
            positions = (int)(shape.Count / 5);
        double[] logits = x.ToArray<double>(),
            t = target.ToArray<double>(),
            losses = new double[positions];
        total = labels ? 0 : positions;
        for (int p = 0; p < positions; p++)
        {
            int[] index = [.. Enumerable.Range(0, 5).Select(c => (((p / inner * 5) + c) * inner) + (p % inner))];
            double sum = index.Sum(i => Math.Exp(logits[i]));
            for (int c = 0; c < 5; c++)
            {
                double weight = weighted ? Weights[c] : 1,
                    q = labels ? (t[p] == c ? 1 : 0) : t[index[c]];
                losses[p] -=
                    weight * (((1 - smoothing) * q) + (smoothing / 5)) * Math.Log(Math.Exp(logits[index[c]]) / sum);
                total += labels && t[p] == c ? weight : 0;
            }
        }

        return losses;
    }

    private sealed class Cubed : Loss
    {
        public override Tensor Forward(Tensor prediction, Tensor target)
        {
            RequireSameShape(prediction, target);
            return Reduce((prediction - target).Abs().Power(3));
        }
    }
}
