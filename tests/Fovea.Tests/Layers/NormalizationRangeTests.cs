namespace Fovea.Tests;

/// <summary>Normalizations of values near the ends of the range of floats, where their squares are not floats.</summary>
public sealed class NormalizationRangeTests
{
    private const double Epsilon = 1e-70; // nothing beside the variance of the smallest values here

    private static readonly double[] Sizes =
    [
        1e-30,
        1e-25,
        1e-22,
        1e-19,
        1e-12,
        1,
        1e12,
        1e18,
        1e19,
        1.8e19,
        1e22,
        1e30,
        1e37,
    ];

    public static TheoryData<string> Names => [.. Layers().Keys];

    private static Dictionary<string, (Func<Module> Create, Shape X)> Layers() =>
        new()
        {
            ["BatchNorm of [N, C]"] = (() => new BatchNorm(3, Epsilon), [8, 3]),
            ["BatchNorm2d"] = (() => new BatchNorm2d(3, Epsilon), [4, 3, 6, 7]),
            ["BatchNorm2d of large maps"] = (() => new BatchNorm2d(2, Epsilon), [2, 2, 70, 70]),
            ["BatchNormRelu2d"] = (() => new BatchNormRelu2d(3, Epsilon), [4, 3, 6, 7]),
            ["GroupNorm"] = (() => new GroupNorm(4, 2, Epsilon), [3, 4, 6, 7]),
            ["LayerNorm"] = (() => new LayerNorm([6, 7], Epsilon), [5, 6, 7]),
            ["InstanceNorm2d"] = (
                () => new InstanceNorm2d(3, Epsilon, affine: true, trackRunningStats: true),
                [2, 3, 6, 7]
            ),
        };

    [Theory, MemberData(nameof(Names))]
    public void Forward_HalfPlusHalfMinus_GivesPlusAndMinusOne(string name)
    {
        (Func<Module> create, Shape shape) = Layers()[name];
        foreach (double size in Sizes)
        {
            // Signs by turns along the last axis that statistics run over.
            int step = shape.Rank == 2 ? shape[1] : 1;
            float[] x =
            [
                .. Enumerable.Range(0, (int)shape.Count).Select(i => (float)(i / step % 2 == 0 ? size : -size)),
            ];
            Module layer = create();
            float[] y = layer.Forward(Tensor.From(x, shape)).ToArray();
            for (int i = 0; i < y.Length; i++)
            {
                double sign = Math.Sign(x[i]),
                    expected = layer is BatchNormRelu ? Math.Max(sign, 0) : sign;
                Assert.True(Math.Abs(y[i] - expected) < 1e-5, $"{name} of ±{size}: {x[i]} becomes {y[i]}");
            }

            AssertRunning(name, layer, size);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Backward_AnySize_AgreesWithDouble(string name)
    {
        (Func<Module> create, Shape shape) = Layers()[name];
        Tensor plain = Tensor.Normal(shape, 0.3, 1.0, new Rng(3)),
            gradient = Tensor.Normal(shape, rng: new Rng(4));
        foreach (double size in Sizes)
        {
            Tensor x = plain * size;
            (float[] y, float[] dx, float[] dweight, float[] dbias) = Run(create(), x, gradient);
            (float[] y64, float[] dx64, float[] dweight64, float[] dbias64) = Run(
                create().To(DType.Float64),
                x.To(DType.Float64),
                gradient.To(DType.Float64),
                size
            );
            AssertClose($"{name} of {size}, y", y64, y);
            AssertClose($"{name} of {size}, dx * {size}", dx64, [.. dx.Select(d => (float)(d * size))]);
            AssertClose($"{name} of {size}, dweight", dweight64, dweight);
            AssertClose($"{name} of {size}, dbias", dbias64, dbias);
        }
    }

    [Fact]
    public void Forward_LargestFloats_StayFinite()
    {
        float[] x = [float.MaxValue, -float.MaxValue, float.MaxValue, -float.MaxValue];
        float[] y = new LayerNorm([4], affine: false).Forward(Tensor.From(x, [1, 4])).ToArray();
        Assert.All(y.Zip(x), p => Assert.Equal(Math.Sign(p.Second), p.First, 1e-5f));
        float[] all = [.. Enumerable.Repeat(float.MaxValue, 8)];
        Assert.All(
            new LayerNorm([8], affine: false).Forward(Tensor.From(all, [1, 8])).ToArray(),
            v => Assert.Equal(0f, v)
        );
    }

    [Fact]
    public void Forward_NotANumberOrInfinity_StaysInItsChannel()
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            float[] y = new BatchNorm2d(2).Forward(Tensor.From<float>([1, bad, 2, 3], [1, 2, 1, 2])).ToArray();
            Assert.True(float.IsNaN(y[1]), $"{bad} became {y[1]}");
            Assert.Equal([-1f, 1f], y[2..].Select(v => MathF.Round(v, 3)));
        }
    }

    private static void AssertRunning(string name, Module layer, double size)
    {
        foreach ((string path, StateBuffer state) in layer.NamedBuffers())
        {
            Assert.True(
                size > 2e19 || state.ToArray<double>().All(double.IsFinite),
                $"{name} of ±{size}: {path} is {string.Join(", ", state.ToArray<double>())}"
            );
        }
    }

    private static (float[] Y, float[] Dx, float[] Dweight, float[] Dbias) Run(
        Module layer,
        Tensor x,
        Tensor gradient,
        double scale = 1
    )
    {
        Tensor input = x.Detach();
        input.RequiresGrad = true;
        Tensor y = layer.Forward(input);
        y.Backward(gradient);
        Parameter[] parameters = [.. layer.Parameters()];
        return (
            y.ToArray(),
            [.. input.Grad!.ToArray<double>().Select(d => (float)(d * scale))],
            parameters[0].Grad!.ToArray(),
            parameters[1].Grad!.ToArray()
        );
    }

    private static void AssertClose(string name, float[] expected, float[] actual)
    {
        double largest = expected.Max(v => Math.Abs((double)v));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(largest, 1e-3),
                $"{name}, element {i}: {expected[i]:R} in double, {actual[i]:R} in float"
            );
        }
    }
}
