namespace Fovea.Tests;

public sealed class InitializerTests
{
    // Large enough that a measured variance is good to about 2 % at four standard errors, small enough to be quick.
    private static readonly Shape[] Shapes =
    [
        [64, 32, 3, 3],
        [120, 300],
        [40, 16, 25],
        [8, 16, 5, 5, 5],
    ];

    private static readonly Initializer[] Rules =
    [
        new Uniform(-2, 3),
        new Normal(1.5, 0.3),
        new TruncatedNormal(0.5, 2.0),
        new TruncatedNormal(0, 1, -0.5, 3),
        new TruncatedNormal(0, 1, 1.5, 2.5),
        new TruncatedNormal(0, 1, -7, -3),
        new XavierUniform(),
        new XavierNormal(5.0 / 3.0),
        new KaimingUniform(),
        new KaimingUniform(FanMode.FanOut, Nonlinearity.LeakyReLU, 0.2),
        new KaimingNormal(),
        new KaimingNormal(FanMode.FanOut, Nonlinearity.Tanh),
        new LecunUniform(),
        new LecunNormal(),
        new LayerDefault(),
        new LayerDefault(27),
        new Orthogonal(1.3),
    ];

    public static TheoryData<int, int> Cases
    {
        get
        {
            TheoryData<int, int> cases = [];
            for (int rule = 0; rule < Rules.Length; rule++)
            {
                for (int shape = 0; shape < Shapes.Length; shape++)
                {
                    cases.Add(rule, shape);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Fill_LargeShape_HasTheVarianceItClaims(int rule, int shape)
    {
        Initializer initializer = Rules[rule];
        double[] values = Filled(initializer, Shapes[shape], DType.Float64, seed: 5);
        double mean = values.Average(),
            variance = values.Average(v => (v - mean) * (v - mean)),
            claimed = initializer.Variance(Shapes[shape]);

        // Four standard errors of a variance, with the excess kurtosis of a normal (0) as the largest here but the
        // one-sided tails'.
        double allowed = 4 * Math.Sqrt(4.0 / values.Length) * claimed;
        Assert.True(
            Math.Abs(variance - claimed) < allowed,
            $"{initializer} on {Shapes[shape]}: claimed variance {claimed:G6}, measured {variance:G6}, allowed difference {allowed:G3}"
        );
    }

    [Fact]
    public void Fill_SameSeed_GivesTheSameBitsInBothTypes()
    {
        foreach (Initializer rule in Rules)
        {
            double[] doubles = Filled(rule, [12, 7, 3], DType.Float64, seed: 9);
            Bits.AssertSame(doubles, Filled(rule, [12, 7, 3], DType.Float64, seed: 9), $"{rule}, drawn again");
            Bits.AssertSame(
                [.. doubles.Select(d => (double)(float)d)],
                Filled(rule, [12, 7, 3], DType.Float32, seed: 9),
                $"{rule}, in floats"
            );
            Assert.NotEqual(doubles, Filled(rule, [12, 7, 3], DType.Float64, seed: 10));
        }
    }

    [Fact]
    public void Fill_RulesWithAMean_HaveThatMean()
    {
        Assert.InRange(Filled(new Uniform(-2, 3), [200, 200], DType.Float64, 1).Average(), 0.47, 0.53);
        Assert.InRange(Filled(new Normal(1.5, 0.3), [200, 200], DType.Float64, 1).Average(), 1.49, 1.51);
        Assert.InRange(Filled(new TruncatedNormal(0.5, 2.0), [200, 200], DType.Float64, 1).Average(), 0.46, 0.54);
        Assert.InRange(Filled(new KaimingUniform(), [200, 200], DType.Float64, 1).Average(), -0.002, 0.002);
    }

    [Fact]
    public void Fill_Bounds_AreKept()
    {
        Assert.All(Filled(new Uniform(-2, 3), [100, 100], DType.Float64, 1), v => Assert.InRange(v, -2, 3));
        Assert.All(
            Filled(new TruncatedNormal(1, 2, -0.25, 3), [100, 100], DType.Float64, 1),
            v => Assert.InRange(v, 0.5, 7)
        );
        double bound = Math.Sqrt(6.0 / 450);
        double[] kaiming = Filled(new KaimingUniform(), [100, 50, 3, 3], DType.Float64, 1);
        Assert.All(kaiming, v => Assert.InRange(v, -bound, bound));
        Assert.True(
            kaiming.Max() > 0.99 * bound,
            $"Kaiming uniform should reach its bound {bound:G6}, largest of {kaiming.Length} was {kaiming.Max():G6}"
        );
    }

    [Fact]
    public void TruncatedNormal_TwoStandardDeviations_HasTheTextbookVariance() =>
        Assert.Equal(0.7737413, new TruncatedNormal().Variance([1]), 1e-6);

    [Fact]
    public void Variance_Formulas_MatchHandComputedValues()
    {
        Shape weight = [64, 32, 3, 3];
        Assert.Equal(2.0 / 288, new KaimingNormal().Variance(weight), 1e-15);
        Assert.Equal(2.0 / 576, new KaimingNormal(FanMode.FanOut).Variance(weight), 1e-15);
        Assert.Equal(2.0 / 864, new XavierNormal().Variance(weight), 1e-15);
        Assert.Equal(1.0 / 288, new LecunNormal().Variance(weight), 1e-15);
        Assert.Equal(1.0 / 864, new LayerDefault().Variance(weight), 1e-15);
        Assert.Equal(4.0 / 288, new Orthogonal(2).Variance(weight), 1e-15);
        Assert.Equal(0.0, new Constant(3).Variance(weight), 1e-15);
    }

    [Fact]
    public void Variance_RuleWithoutAFormula_IsMeasured()
    {
        Assert.InRange(new Dice().Variance([4, 5]), 2.85, 2.98); // of a die: 35 / 12 = 2.917
        Assert.Equal(0, new Dice().Variance([4, 0]));
    }

    [Fact]
    public void Fill_EmptyShape_DoesNothing()
    {
        foreach (Initializer rule in Rules)
        {
            Assert.Empty(Filled(rule, [4, 0, 3], DType.Float32, 1));
            Assert.Empty(Filled(rule, [0, 4, 3], DType.Float32, 1));
        }

        Assert.Empty(Filled(new Dirac(), [0, 4, 3], DType.Float32, 1));
    }

    [Fact]
    public void ToString_EachRule_IsOneLineThatTellsItsOptions()
    {
        Assert.Equal("Kaiming uniform, fan in, gain 1.414", new KaimingUniform().ToString());
        Assert.Equal(
            "Kaiming normal, fan out, gain 1.667",
            new KaimingNormal(FanMode.FanOut, Nonlinearity.Tanh).ToString()
        );
        Assert.Equal("Truncated normal, mean 0, std 0.02, within [-2, 2] std", new TruncatedNormal(0, 0.02).ToString());
        string[] texts = [.. Rules.Select(r => r.ToString())];
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.DoesNotContain(texts, t => t.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void Gain_Table_IsTheFields()
    {
        Assert.Equal(1, Gain.Of(Nonlinearity.Linear));
        Assert.Equal(1, Gain.Of(Nonlinearity.Sigmoid));
        Assert.Equal(5.0 / 3.0, Gain.Of(Nonlinearity.Tanh));
        Assert.Equal(Math.Sqrt(2), Gain.Of(Nonlinearity.ReLU));
        Assert.Equal(Math.Sqrt(2 / 1.04), Gain.Of(Nonlinearity.LeakyReLU, 0.2), 1e-15);
        Assert.Equal(0.75, Gain.Of(Nonlinearity.SELU));
        Assert.Contains(
            "not a nonlinearity of the table",
            Assert.Throws<ArgumentOutOfRangeException>(() => Gain.Of((Nonlinearity)99)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Constructors_ValuesOutOfRange_SayTheRule()
    {
        Assert.Equal(
            "Uniform: bounds must be finite and in order, got low 2 and high 1.",
            Assert.Throws<ArgumentException>(() => new Uniform(2, 1)).Message
        );
        Assert.Equal(
            "Normal: mean must be finite and std 0 or more, got mean 0 and std -1.",
            Assert.Throws<ArgumentException>(() => new Normal(0, -1)).Message
        );
        Assert.Equal(
            "TruncatedNormal: values must be finite, std 0 or more and a less than b, got mean 0, std 1, a 2, b 2. a and b are in units of std.",
            Assert.Throws<ArgumentException>(() => new TruncatedNormal(0, 1, 2, 2)).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new XavierUniform(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new XavierNormal(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Orthogonal(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dirac(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerDefault(0));
    }

    internal static double[] Filled(Initializer initializer, Shape shape, DType dtype, ulong seed)
    {
        Tensor tensor = Tensor.Full(shape, 9, dtype);
        initializer.Fill(tensor, new Rng(seed));
        return tensor.ToArray<double>();
    }

    private sealed class Dice : Initializer
    {
        public override void Fill(Tensor tensor, Rng rng) => Fill(tensor, () => 1 + rng.Next(6));

        public override string ToString() => "Dice";
    }
}
