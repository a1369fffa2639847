namespace Fovea.Tests;

public sealed class LossTests
{
    private static readonly Tensor X = GradientAssert.Input([3, 5]);
    private static readonly Tensor Target = Tensor.Uniform([3, 5], 0, 1, new Rng(8), DType.Float64);
    private static readonly Tensor Hard = Tensor.From(
        Array.ConvertAll(Target.ToArray<double>(), t => t > 0.5 ? 1.0 : 0.0),
        [3, 5]
    );
    private static readonly Tensor PositiveWeight = Tensor.From([0.5, 1, 2, 3, 0.1], [5]);

    private static readonly Dictionary<
        string,
        (Func<LossReduction, Loss> Create, Tensor Target, Func<double, double, int, double> Expected)
    > Cases = new()
    {
        ["squared"] = (r => new MeanSquaredError { Reduction = r }, Target, (x, t, _) => (x - t) * (x - t)),
        ["absolute"] = (r => new L1 { Reduction = r }, Target, (x, t, _) => Math.Abs(x - t)),
        ["huber"] = (
            r => new Huber(0.7) { Reduction = r },
            Target,
            (x, t, _) => Math.Abs(x - t) <= 0.7 ? (x - t) * (x - t) / 2 : 0.7 * (Math.Abs(x - t) - 0.35)
        ),
        ["binary"] = (
            r => new BinaryCrossEntropyWithLogits { Reduction = r },
            Target,
            (x, t, _) => -(t * Math.Log(P(x))) - ((1 - t) * Math.Log(1 - P(x)))
        ),
        ["binary weighted"] = (
            r => new BinaryCrossEntropyWithLogits { Reduction = r, PositiveWeight = PositiveWeight },
            Target,
            (x, t, i) =>
                -(PositiveWeight.ToArray<double>()[i % 5] * t * Math.Log(P(x))) - ((1 - t) * Math.Log(1 - P(x)))
        ),
        ["focal"] = (
            r => new Focal { Reduction = r },
            Hard,
            (x, t, _) =>
                t == 1 ? -0.25 * Math.Pow(1 - P(x), 2) * Math.Log(P(x)) : -0.75 * Math.Pow(P(x), 2) * Math.Log(1 - P(x))
        ),
        ["focal plain"] = (
            r => new Focal(0, null) { Reduction = r },
            Target,
            (x, t, _) => -(t * Math.Log(P(x))) - ((1 - t) * Math.Log(1 - P(x)))
        ),
        ["divergence"] = (r => new KullbackLeibler { Reduction = r }, Target, (x, t, _) => t * (Math.Log(t) - x)),
        ["divergence log"] = (
            r => new KullbackLeibler { Reduction = r, LogTarget = true },
            Target,
            (x, t, _) => Math.Exp(t) * (t - x)
        ),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Forward_EachReduction_MatchesItsFormulaAndFiniteDifferences(string name)
    {
        (Func<LossReduction, Loss> create, Tensor target, Func<double, double, int, double> formula) = Cases[name];
        double[] x = X.ToArray<double>(),
            t = target.ToArray<double>();
        double[] expected = [.. x.Select((v, i) => formula(v, t[i], i))];
        double[] actual = create(LossReduction.None).Forward(X, target).ToArray<double>();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 1e-12,
                $"{name}, element {i}: expected {expected[i]:R}, got {actual[i]:R}"
            );
        }

        Assert.Equal(expected.Average(), create(LossReduction.Mean).Forward(X, target).Item(), 1e-12);
        Assert.Equal(expected.Sum(), create(LossReduction.Sum).Forward(X, target).Item(), 1e-12);
        Assert.Equal(expected.Sum() / 3, create(LossReduction.BatchMean).Forward(X, target).Item(), 1e-12);
        Assert.Equal(15.0, create(LossReduction.Mean).Divisor(X, target));
        Assert.Equal(3.0, create(LossReduction.BatchMean).Divisor(X, target));
        Assert.Null(create(LossReduction.Sum).Divisor(X, target));
        if (name != "binary weighted")
        {
            Assert.Equal(
                expected.Average(),
                create(LossReduction.Mean).Forward(X.To(DType.Float32), target.To(DType.Float32)).Item(),
                1e-6
            );
        }

        foreach (LossReduction reduction in Enum.GetValues<LossReduction>())
        {
            GradientAssert.Agrees(p => create(reduction).Forward(p, target), X);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Forward_EmptyBatch_IsZeroWithEmptyGradient(string name)
    {
        Tensor x = Tensor.Zeros([0, 5], DType.Float64);
        x.RequiresGrad = true;
        Tensor loss = Cases[name].Create(LossReduction.Mean).Forward(x, Tensor.Zeros([0, 5], DType.Float64));
        loss.Backward();
        Assert.Equal(0.0, loss.Item());
        Assert.Equal<Shape>([0, 5], x.Grad!.Shape);
    }

    [Fact]
    public void Forward_HugeLogits_StaysFinite()
    {
        Tensor x = Tensor.From([1000f, -1000f], [2]),
            right = Tensor.From([1f, 0f], [2]),
            wrong = Tensor.From([0f, 1f], [2]);
        Assert.Equal(0.0, new BinaryCrossEntropyWithLogits().Forward(x, right).Item());
        Assert.Equal(1000.0, new BinaryCrossEntropyWithLogits().Forward(x, wrong).Item());
        Assert.Equal(0.0, new Focal().Forward(x, right).Item());
        Assert.Equal(500.0, new Focal().Forward(x, wrong).Item());
    }

    [Fact]
    public void KullbackLeibler_ZeroTarget_ContributesNothing() =>
        Assert.Equal(
            0.0,
            new KullbackLeibler { Reduction = LossReduction.Sum }
                .Forward(Tensor.From([-5f, 0f], [2]), Tensor.From([0f, 1f], [2]))
                .Item()
        );

    [Fact]
    public void Errors_NameRuleAndFix()
    {
        Assert.Equal(
            "MeanSquaredError: prediction and target must have the same shape, got [2, 1] and [2]. Broadcasting here would hide a mistake; use Reshape or Squeeze.",
            Assert
                .Throws<ShapeException>(() => new MeanSquaredError().Forward(Tensor.Ones([2, 1]), Tensor.Ones([2])))
                .Message
        );
        Assert.Equal(
            "L1: target must have the prediction's element type, got Int64 and Float32. Convert it with To(DType.Float32).",
            Assert
                .Throws<ArgumentException>(() => new L1().Forward(Tensor.Ones([2]), Tensor.Ones([2], DType.Int64)))
                .Message
        );
        Assert.Equal(
            "Huber: delta must be above 0, got 0.",
            Assert.Throws<ArgumentException>(() => new Huber(0)).Message
        );
        Assert.Equal(
            "Focal: gamma must be 0 or more, got -1. (Parameter 'gamma')",
            Assert.Throws<ArgumentException>(() => new Focal(-1)).Message
        );
        Assert.Equal(
            "Focal: alpha must be 0 to 1, got 2. (Parameter 'alpha')",
            Assert.Throws<ArgumentException>(() => new Focal(1, 2)).Message
        );
        Assert.Equal(
            "BinaryCrossEntropyWithLogits: PositiveWeight must broadcast to the prediction's shape, got [3] and [2].",
            Assert
                .Throws<ShapeException>(() =>
                    new BinaryCrossEntropyWithLogits { PositiveWeight = Tensor.Ones([3]) }.Forward(
                        Tensor.Ones([2]),
                        Tensor.Ones([2])
                    )
                )
                .Message
        );
    }

    private static double P(double x) => 1 / (1 + Math.Exp(-x));
}
