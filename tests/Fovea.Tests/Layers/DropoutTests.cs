namespace Fovea.Tests;

public sealed class DropoutTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Forward_Training_DropsTheAskedShareAndScalesTheRest(double p)
    {
        float[] y = new Dropout(p, new Rng(3)).Forward(Tensor.Ones([100_003])).ToArray();
        double dropped = y.Count(v => v == 0f) / (double)y.Length;
        Assert.InRange(dropped, p - 0.006, p + 0.006);
        Assert.All(y, v => Assert.True(v == 0f || Math.Abs(v - (1 / (1 - p))) < 1e-3, $"got {v}"));
        Assert.InRange(y.Average(), 0.95, 1.05);
    }

    [Fact]
    public void Forward_ExtremesAndEvaluation_AreExact()
    {
        Tensor x = Tensor.Normal([5, 4]);
        Assert.Same(x, new Dropout(0).Forward(x));
        Assert.Same(x, new Dropout(0.7).Eval().Forward(x));
        Assert.Equal(new float[20], new Dropout(1).Forward(x).ToArray());
        Assert.Equal<Shape>([0, 4], new Dropout(0.5).Forward(Tensor.Zeros([0, 4])).Shape);
    }

    [Fact]
    public void Backward_UsesTheMaskOfItsForward()
    {
        Tensor x = Tensor.Full([1000], 3.0);
        x.RequiresGrad = true;
        Dropout layer = new(0.5, new Rng(1));
        Tensor y = layer.Forward(x);
        layer.Forward(x);
        y.Backward(Tensor.Ones([1000]));
        Assert.Equal(y.ToArray(), (x.Grad! * 3).ToArray());
    }

    [Fact]
    public void RandomState_Restored_RepeatsTheMasks()
    {
        Dropout layer = new(0.5, new Rng(1));
        Tensor x = Tensor.Ones([64]);
        layer.Forward(x);
        RngState state = layer.RandomState;
        float[] first = layer.Forward(x).ToArray();
        Assert.NotEqual(first, layer.Forward(x).ToArray());
        layer.RandomState = state;
        Assert.Equal(first, layer.Forward(x).ToArray());
    }

    [Fact]
    public void Initialize_SameSeed_GivesEachLayerItsOwnRepeatableMasks()
    {
        Tensor x = Tensor.Ones([64]);
        Sequential net = new(new Dropout(), new Dropout());
        net.Initialize(7);
        float[] a = net[0].Forward(x).ToArray(),
            b = net[1].Forward(x).ToArray();
        Assert.NotEqual(a, b);
        net.Initialize(7);
        Assert.Equal(a, net[0].Forward(x).ToArray());
    }

    [Fact]
    public void ChannelsAndSamples_AreDroppedWhole()
    {
        foreach (
            (Module layer, Shape shape, int unit) in new (Module, Shape, int)[]
            {
                (new Dropout1d(0.5, new Rng(1)), [20, 10, 7], 7),
                (new Dropout2d(0.5, new Rng(1)), [20, 10, 3, 5], 15),
                (new Dropout3d(0.5, new Rng(1)), [20, 10, 2, 2, 2], 8),
                (new DropPath(0.5, new Rng(1)), [200, 3, 3], 9),
            }
        )
        {
            float[] y = layer.Forward(Tensor.Ones(shape)).ToArray();
            int dropped = 0;
            for (int i = 0; i < y.Length; i += unit)
            {
                float[] values = [.. y[i..(i + unit)].Distinct()];
                Assert.True(values is [0f] or [2f], $"{layer}, unit {i / unit}: {string.Join(", ", values)}");
                dropped += values[0] == 0f ? 1 : 0;
            }

            Assert.InRange(dropped, 70, 130);
        }
    }

    [Fact]
    public void Errors_NameTheRule()
    {
        Assert.Equal(
            "DropPath: p must be 0 to 1, got 1.5. (Parameter 'p')",
            Assert.Throws<ArgumentException>(() => new DropPath(1.5)).Message
        );
        Assert.Equal(
            "Dropout2d: x needs at least 2 axes, got [3].",
            Assert.Throws<ShapeException>(() => new Dropout2d().Forward(Tensor.Ones([3]))).Message
        );
    }
}
