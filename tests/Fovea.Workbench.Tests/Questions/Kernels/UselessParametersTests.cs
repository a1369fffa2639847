namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.13.</summary>
public sealed class UselessParametersTests
{
    [Fact]
    public void Ask_BiasBeforeBatchNorm_IsFoundAndHasNoEffect()
    {
        Conv2d filters = new(3, 8, 3);
        Sequential network = new(("conv", filters), ("norm", new BatchNorm2d(8)), ("relu", new ReLU()));
        Answer answer = new UselessParameters().Ask(Networks.Of(network, 3, 8, 8));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(8, answer.Number("uselessBiasValues"));
        Tensor x = Tensor.Normal([2, 3, 8, 8], rng: new Rng(1));
        float[] before = network.Forward(x).ToArray();
        filters.Bias!.Fill(5);
        AssertClose(before, network.Forward(x).ToArray());
    }

    [Fact]
    public void Ask_NoBiasOrAReluInBetween_NothingToRemark()
    {
        Sequential network = new(
            Networks.Filters(3, 8, 3, bias: false),
            new BatchNorm2d(8),
            new ReLU(),
            new Conv2d(8, 8, 3),
            new ReLU(),
            new BatchNorm2d(8)
        );
        Networks.AssertVerdict(Verdict.Ok, new UselessParameters().Ask(Networks.Of(network, 3, 8, 8)));
    }

    [Fact]
    public void Ask_TwoConvolutionsWithoutActivation_AreOne()
    {
        Conv2d first = new(3, 6, 3),
            second = new(6, 4, 3),
            merged = new(3, 4, 5);
        Answer answer = new UselessParameters().Ask(Networks.Of(new Sequential(("a", first), ("b", second)), 3, 9, 9));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal(["b"], answer.Layers);

        Merge(first, second, merged);
        Tensor x = Tensor.Normal([2, 3, 9, 9], rng: new Rng(1));
        AssertClose(second.Forward(first.Forward(x)).ToArray(), merged.Forward(x).ToArray());
    }

    [Fact]
    public void Ask_TwoLinearLayersWithoutActivation_AreOne() =>
        Networks.AssertVerdict(
            Verdict.Fix,
            new UselessParameters().Ask(
                Networks.Of(new Sequential(new Linear(32, 32), new Dropout(0.0), new Linear(32, 10)), 32)
            )
        );

    [Fact]
    public void Ask_Factorizations_AreMeant()
    {
        Sequential network = new(
            Networks.Filters(3, 32, 3),
            new ReLU(),
            Networks.Filters(32, 8, 1),
            Networks.Filters(8, 32, 3),
            new ReLU(), // a narrow middle
            Networks.Filters(32, 32, 3, groups: 32),
            Networks.Filters(32, 32, 1),
            new ReLU(), // depthwise, pointwise
            new Conv2d(32, 32, [1, 3]),
            new Conv2d(32, 32, [3, 1]),
            new ReLU()
        ); // one axis each
        Networks.AssertVerdict(Verdict.Ok, new UselessParameters().Ask(Networks.Of(network, 3, 16, 16)));
    }

    [Fact]
    public void Ask_PointwiseThatCouldBeMerged_IsToLookAt() =>
        Networks.AssertVerdict(
            Verdict.Look,
            new UselessParameters().Ask(
                Networks.Of(new Sequential(Networks.Filters(8, 8, 3), Networks.Filters(8, 8, 1), new ReLU()), 8, 8, 8)
            )
        );

    [Fact]
    public void Ask_ActivationTwice_IsNamed()
    {
        Sequential network = new(("conv", new Conv2d(3, 4, 3)), ("one", new ReLU()), ("two", new ReLU()));
        Answer answer = new UselessParameters().Ask(Networks.Of(network, 3, 8, 8));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(["two"], answer.Layers);
    }

    [Fact]
    public void Ask_ConvolutionsAroundASum_AreNotOne()
    {
        Sequential network = new(
            Networks.Filters(3, 8, 3),
            new Residual(Networks.Filters(8, 8, 3)),
            Networks.Filters(8, 8, 3)
        );
        Networks.AssertVerdict(Verdict.Ok, new UselessParameters().Ask(Networks.Of(network, 3, 8, 8)));
    }

    /// <summary>The kernel and bias of b after a.</summary>
    private static void Merge(Conv2d a, Conv2d b, Conv2d merged)
    {
        float[] wa = a.Weight.ToArray(),
            wb = b.Weight.ToArray(),
            ba = a.Bias!.ToArray(),
            bb = b.Bias!.ToArray();
        float[] w = new float[4 * 3 * 25],
            bias = new float[4];
        for (int o = 0; o < 4; o++)
        {
            bias[o] = bb[o];
            for (int m = 0; m < 6; m++)
            {
                for (int kb = 0; kb < 9; kb++)
                {
                    float weight = wb[(((o * 6) + m) * 9) + kb];
                    bias[o] += weight * ba[m];
                    for (int i = 0; i < 27; i++)
                    {
                        (int c, int ka) = (i / 9, i % 9);
                        w[(((o * 3) + c) * 25) + (((ka / 3) + (kb / 3)) * 5) + (ka % 3) + (kb % 3)] +=
                            weight * wa[(((m * 3) + c) * 9) + ka];
                    }
                }
            }
        }

        merged.Weight.CopyFrom(Tensor.From(w, merged.Weight.Shape));
        merged.Bias!.CopyFrom(Tensor.From(bias, merged.Bias!.Shape));
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= 1e-5, $"largest difference {worst:G3} over {expected.Length} values");
    }
}
