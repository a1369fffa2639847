namespace Fovea.Tests;

public sealed class LinearTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Forward_AnyLeadingAxes_MatchesFiniteDifferencesInEveryInput(bool bias)
    {
        Linear layer = new(3, 4, bias, new Rng(5));
        layer.To(DType.Float64);
        foreach (Shape shape in new Shape[] { [2, 3], [3], [2, 1, 2, 3] })
        {
            Tensor x = GradientAssert.Input(shape);
            GradientAssert.Agrees(t => layer.Forward(t[0]), [x, .. layer.Parameters()]);
            Assert.Equal(shape.With(-1, 4), layer.Forward(x).Shape);
        }
    }

    [Fact]
    public void Forward_Float_MatchesTheProductInDouble()
    {
        Linear layer = new(33, 17, rng: new Rng(5));
        Tensor x = Tensor.Normal([9, 33]);
        float[] y = layer.Forward(x).ToArray();
        double[] expected = (
            x.To(DType.Float64).MatMul(layer.Weight.To(DType.Float64).Transpose()) + layer.Bias!.To(DType.Float64)
        ).ToArray<double>();
        for (int i = 0; i < y.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - y[i]) <= 1e-5, $"element {i}: expected {expected[i]:R}, got {y[i]:R}");
        }
    }

    [Fact]
    public void Backward_EmptyBatch_GivesZeroParameterGradients()
    {
        Linear layer = new(3, 2);
        Tensor y = layer.Forward(Tensor.Zeros([0, 3]));
        y.Sum().Backward();
        Assert.Equal<Shape>([0, 2], y.Shape);
        Assert.Equal(new float[6], layer.Weight.Grad!.ToArray());
        Assert.Equal(new float[2], layer.Bias!.Grad!.ToArray());
    }

    [Fact]
    public void Parameters_AtFirst_AreUniformWithVarianceOneThirdOfFanIn()
    {
        Linear layer = new(100, 300, rng: new Rng(2));
        double[] weights = layer.Weight.ToArray<double>();
        Assert.All(weights, w => Assert.InRange(w, -0.1, 0.1));
        Assert.InRange(weights.Average(w => w * w) * 300, 0.98, 1.02);
        Assert.All(layer.Bias!.ToArray<double>(), b => Assert.InRange(b, -0.1, 0.1));
        Assert.InRange(layer.Bias!.ToArray<double>().Average(b => b * b) * 300, 0.8, 1.2);
        Assert.Equal("Layer default, uniform within 1/sqrt(fan in)", layer.Weight.Initializer.ToString());
        Assert.Equal("Layer default, uniform within 1/sqrt(100)", layer.Bias!.Initializer.ToString());
    }

    [Theory]
    [InlineData(new[] { 8, 2048 }, 512, "Write new Linear(2048, 10).")]
    [InlineData(new[] { 8, 128, 4, 4 }, 512, "Flatten x first, x.Flatten(1), and write new Linear(2048, 10).")]
    [InlineData(
        new[] { 8, 512, 2, 2 },
        512,
        "Pool x first: new GlobalAvgPool(flatten: true); or flatten x and write new Linear(2048, 10)."
    )]
    [InlineData(
        new[] { 8, 16, 64 },
        512,
        "Write new Linear(64, 10); or flatten x first, x.Flatten(1), and write new Linear(1024, 10)."
    )]
    [InlineData(new[] { 8, 128, 2, 2 }, 512, "Flatten x first: x.Flatten(1).")]
    public void Forward_OtherFeatures_NamesTheLayerThatWouldFit(int[] x, int inFeatures, string fix) =>
        Assert.EndsWith(
            fix,
            Assert
                .Throws<ShapeException>(() => new Linear(inFeatures, 10).Forward(Tensor.Zeros(Shape.Create(x))))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Forward_AfterAChangedConvolution_NamesLayerAndNumber()
    {
        Sequential net = new(
            ("conv", new Conv2d(3, 32, 3, padding: 1)),
            ("pool", new MaxPool2d(4)),
            ("flat", new Flatten()),
            ("head", new Linear(512, 10))
        );

        string message = Assert.Throws<ShapeException>(() => Graph.Trace(net, [3, 32, 32])).Message;
        Assert.Equal(
            "Linear 'head': input features must equal inFeatures, got 2048 and 512. x [N, 2048]. Write new Linear(2048, 10).",
            message
        );
    }

    [Fact]
    public void Errors_NamePathValuesAndFix()
    {
        Sequential net = new(("head", new Linear(256, 10)));
        net.NamedModules();
        Assert.Equal(
            "Linear 'head': input features must equal inFeatures, got 512 and 256. x [8, 512]. Write new Linear(512, 10).",
            Assert.Throws<ShapeException>(() => net.Forward(Tensor.Zeros([8, 512]))).Message
        );
        Assert.Equal(
            "Linear: input features must equal inFeatures, got 2 and 12. x [8, 3, 2, 2]. Flatten x first: x.Flatten(1).",
            Assert.Throws<ShapeException>(() => new Linear(12, 10).Forward(Tensor.Zeros([8, 3, 2, 2]))).Message
        );
        Assert.Equal(
            "Linear: x must be [..., features], got the scalar [].",
            Assert.Throws<ShapeException>(() => new Linear(1, 1).Forward(Tensor.Zeros([]))).Message
        );
        Assert.Equal(
            "Linear: inFeatures and outFeatures must be 1 or more, got 0 and 3.",
            Assert.Throws<ArgumentException>(() => new Linear(0, 3)).Message
        );
    }
}
