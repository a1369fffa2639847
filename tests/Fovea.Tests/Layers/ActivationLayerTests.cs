namespace Fovea.Tests;

public sealed class ActivationLayerTests
{
    private static readonly (Module Layer, Func<Tensor, Tensor> Method)[] Pairs =
    [
        (new ReLU(), x => x.Relu()),
        (new ReLU6(), x => x.Relu6()),
        (new LeakyReLU(0.3), x => x.LeakyRelu(0.3)),
        (new ELU(0.4), x => x.Elu(0.4)),
        (new SELU(), x => x.Selu()),
        (new CELU(0.6), x => x.Celu(0.6)),
        (new GELU(), x => x.Gelu()),
        (new GELU(tanh: true), x => x.Gelu(tanh: true)),
        (new SiLU(), x => x.Silu()),
        (new Mish(), x => x.Mish()),
        (new Hardswish(), x => x.Hardswish()),
        (new Hardsigmoid(), x => x.Hardsigmoid()),
        (new Sigmoid(), x => x.Sigmoid()),
        (new Tanh(), x => x.Tanh()),
        (new Softplus(2, 3), x => x.Softplus(2, 3)),
        (new Softmax(1), x => x.Softmax(1)),
        (new LogSoftmax(1), x => x.LogSoftmax(1)),
        (new Flatten(), x => x.Flatten(1)),
        (new Identity(), x => x),
        (new Lambda(x => x * 2), x => x + x),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Pairs.Length)];

    [Theory, MemberData(nameof(Indices))]
    public void Forward_Layer_IsTheTensorMethod(int pair)
    {
        Tensor x = Tensor.Normal([2, 3, 5], std: 3);
        Assert.Equal(Pairs[pair].Method(x).ToArray(), Pairs[pair].Layer.Forward(x).ToArray());
        Assert.Equal(0, Pairs[pair].Layer.ParameterCount());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void PReLU_OneSlopeOrOneAChannel_MatchesFiniteDifferences(int channels)
    {
        PReLU layer = new(channels, 0.1);
        layer.To(DType.Float64);
        layer.Weight.CopyFrom(Tensor.Uniform([channels], 0.1, 0.5, dtype: DType.Float64));
        foreach (Shape shape in new Shape[] { [2, 3, 2, 1], [1, 3], [5, 3, 4] })
        {
            Tensor x = GradientAssert.Input(shape);
            GradientAssert.Agrees(t => layer.Forward(t[0]), x, layer.Weight);
            double[] vx = x.ToArray<double>(),
                vy = layer.Forward(x).ToArray<double>(),
                slopes = layer.Weight.ToArray<double>();
            int inner = (int)(shape.Count / shape[0] / 3);
            for (int i = 0; i < vx.Length; i++)
            {
                Assert.Equal(vx[i] > 0 ? vx[i] : vx[i] * slopes[i / inner % 3 % channels], vy[i]);
            }
        }
    }

    [Fact]
    public void PReLU_ChannelsThatDoNotFit_NamesTheFix()
    {
        Assert.Equal(
            "PReLU: input channels (axis 1) must equal the number of slopes, got 4 and 3. x [2, 4]. Write new PReLU(4), or new PReLU() for one slope.",
            Assert.Throws<ShapeException>(() => new PReLU(3).Forward(Tensor.Ones([2, 4]))).Message
        );
        Assert.Equal(
            "PReLU: channels must be 1 or more, got 0. (Parameter 'channels')",
            Assert.Throws<ArgumentException>(() => new PReLU(0)).Message
        );
    }
}
