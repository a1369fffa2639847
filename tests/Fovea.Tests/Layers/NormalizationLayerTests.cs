namespace Fovea.Tests;

public sealed class NormalizationLayerTests
{
    public static TheoryData<string> Names => [.. Layers().Keys];

    private static Dictionary<string, (Module Layer, Shape X)> Layers() =>
        new()
        {
            ["BatchNorm of [N, C]"] = (new BatchNorm(3), [4, 3]),
            ["BatchNorm1d"] = (new BatchNorm1d(3), [2, 3, 5]),
            ["BatchNorm2d"] = (new BatchNorm2d(2), [3, 2, 3, 7]),
            ["BatchNorm2d one pixel"] = (new BatchNorm2d(2), [3, 2, 1, 1]),
            ["BatchNorm2d one image"] = (new BatchNorm2d(2), [1, 2, 3, 4]),
            ["BatchNorm2d not affine"] = (new BatchNorm2d(2, affine: false), [3, 2, 3, 3]),
            ["BatchNorm3d"] = (new BatchNorm3d(2), [2, 2, 2, 3, 3]),
            ["BatchNorm2d evaluation"] = (new BatchNorm2d(2).Eval(), [3, 2, 3, 3]),
            ["BatchNorm2d evaluation without running statistics"] = (
                new BatchNorm2d(2, trackRunningStats: false).Eval(),
                [3, 2, 3, 3]
            ),
            ["BatchNormRelu2d"] = (new BatchNormRelu2d(2), [3, 2, 3, 7]),
            ["BatchNormRelu2d evaluation"] = (new BatchNormRelu2d(2).Eval(), [3, 2, 3, 3]),
            ["GroupNorm"] = (new GroupNorm(6, 2), [2, 6, 3, 3]),
            ["GroupNorm one group"] = (new GroupNorm(3, 1, affine: false), [2, 3, 5]),
            ["GroupNorm of [N, C]"] = (new GroupNorm(6, 2), [3, 6]),
            ["LayerNorm"] = (new LayerNorm([11]), [4, 11]),
            ["LayerNorm two axes"] = (new LayerNorm([3, 5]), [2, 2, 3, 5]),
            ["LayerNorm not affine"] = (new LayerNorm([5], affine: false), [2, 3, 5]),
            ["InstanceNorm1d"] = (new InstanceNorm1d(2, affine: true), [2, 2, 7]),
            ["InstanceNorm2d"] = (new InstanceNorm2d(2), [2, 2, 3, 3]),
            ["InstanceNorm3d"] = (new InstanceNorm3d(2, affine: true, trackRunningStats: true), [2, 2, 2, 2, 3]),
            ["InstanceNorm2d evaluation"] = (
                new InstanceNorm2d(2, affine: true, trackRunningStats: true).Eval(),
                [2, 2, 1, 1]
            ),
        };

    [Theory, MemberData(nameof(Names))]
    public void Backward_AnyLayer_AgreesWithFiniteDifferences(string name)
    {
        (Module layer, Shape shape) = Layers()[name];
        layer.To(DType.Float64);
        Spread(layer);
        Tensor x = Tensor.Normal(shape, 0.5, 2.0, new Rng(8), DType.Float64);
        x.RequiresGrad = true;
        string? wrong = GradientCheck.FirstDisagreement(t => layer.Forward(t[0]), [x, .. layer.Parameters()]);
        Assert.True(wrong is null, $"{name}: {wrong}");
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    public void BatchNormRelu_WithResidual_AgreesWithFiniteDifferencesAndSeparateLayers(bool training, int rank)
    {
        BatchNormRelu fused = rank switch
        {
            1 => new BatchNormRelu1d(3),
            2 => new BatchNormRelu2d(3),
            _ => new BatchNormRelu3d(3),
        };
        BatchNorm plain = new(3);
        fused.Train(training).To(DType.Float64);
        plain.Train(training).To(DType.Float64);
        Spread(fused);
        plain.LoadStateDict(fused.StateDict());
        Shape shape = rank switch
        {
            1 => [2, 3, 15],
            2 => [2, 3, 3, 5],
            _ => [2, 3, 2, 3, 2],
        };
        Tensor x = Tensor.Normal(shape, 0.5, 2.0, new Rng(8), DType.Float64),
            residual = Tensor.Normal(shape, rng: new Rng(9), dtype: DType.Float64);
        x.RequiresGrad = residual.RequiresGrad = true;
        string? wrong = GradientCheck.FirstDisagreement(
            t => fused.Forward(t[0], t[1]),
            [x, residual, .. fused.Parameters()]
        );
        Assert.True(wrong is null, $"BatchNormRelu{rank}d: {wrong}");

        double[] normalized = plain.Forward(x).ToArray<double>(),
            added = residual.ToArray<double>();
        Assert.Equal(
            [.. normalized.Select((v, i) => Math.Max(0.0, v + added[i]))],
            fused.Forward(x, residual).ToArray<double>()
        );
        Assert.Equal([.. normalized.Select(v => Math.Max(0.0, v))], fused.Forward(x).ToArray<double>());
    }

    [Theory, MemberData(nameof(Names))]
    public void Forward_FloatAgainstDouble_AgreeWithinRounding(string name)
    {
        (Module layer, Shape shape) = Layers()[name];
        (Module exact, _) = Layers()[name];
        Spread(layer);
        exact.LoadStateDict(layer.StateDict());
        exact.To(DType.Float64);
        Tensor x = Tensor.Normal(shape, 3.0, 0.5, new Rng(8)),
            x64 = x.To(DType.Float64);
        x.RequiresGrad = x64.RequiresGrad = true;
        Tensor y = layer.Forward(x),
            y64 = exact.Forward(x64),
            dy = Tensor.Normal(y.Shape, rng: new Rng(2));
        y.Backward(dy);
        y64.Backward(dy.To(DType.Float64));
        AssertClose($"{name} y", y64, y, 1e-5);
        AssertClose($"{name} dx", x64.Grad!, x.Grad!, 5e-5);
        foreach ((Parameter p, Parameter p64) in layer.Parameters().Zip(exact.Parameters()))
        {
            AssertClose($"{name} {p.Path}", p64.Grad!, p.Grad!, 5e-5);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Forward_EmptyBatch_GivesEmptyOutputZeroGradientsAndKeepsState(string name)
    {
        (Module layer, Shape shape) = Layers()[name];
        Tensor x = Tensor.Zeros(shape.With(0, 0));
        x.RequiresGrad = true;
        double[][] before = [.. layer.NamedBuffers().Select(b => b.Buffer.ToArray<double>())];
        Tensor y = layer.Forward(x);
        y.Backward(Tensor.Zeros(y.Shape));
        Assert.Equal(x.Shape, y.Shape);
        Assert.All(layer.Parameters(), p => Assert.All(p.Grad!.ToArray(), g => Assert.Equal(0f, g)));
        Assert.Equal(before, layer.NamedBuffers().Select(b => b.Buffer.ToArray<double>()));
    }

    [Fact]
    public void BatchNorm_MeanFarFromZero_StaysAccurate()
    {
        Tensor x = Tensor.Normal([8, 2, 40, 41], 10000.0, 0.1, new Rng(4));
        BatchNorm2d layer = new(2, affine: false);
        Tensor y = layer.Forward(x);
        AssertClose("y", new BatchNorm2d(2, affine: false).To(DType.Float64).Forward(x.To(DType.Float64)), y, 1e-4);
        double[] y0 = y.ToArray<double>()[..1640];
        Assert.InRange(y0.Average(), -0.2, 0.2);
    }

    [Fact]
    public void BatchNorm_Members_HaveCheckpointNamesAndReset()
    {
        BatchNorm2d layer = new(2);
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], layer.StateDict().Keys);
        Assert.All(layer.Parameters(), p => Assert.Equal(ParameterKind.Norm, p.Kind));
        layer.Forward(Tensor.Normal([4, 2, 3, 3]));
        Assert.Equal(1.0, layer.NumBatchesTracked!.Item());
        Assert.NotEqual(0f, layer.RunningMean!.ToArray()[0]);
        layer.Initialize(0);
        Assert.Equal(0.0, layer.NumBatchesTracked!.Item());
        Assert.Equal([0f, 0f], layer.RunningMean!.ToArray());
        Assert.Equal([1f, 1f], layer.RunningVariance!.ToArray());
    }

    [Fact]
    public void BatchNormRelu2d_NaN_StaysNaN()
    {
        Tensor x = Tensor.Full([1, 1, 1, 9], double.NaN);
        Assert.All(new BatchNormRelu2d(1).Eval().Forward(x).ToArray(), v => Assert.True(float.IsNaN(v)));
        Assert.All(new BatchNormRelu2d(1).Forward(x).ToArray(), v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void Forward_InputDoesNotFit_SaysRuleAndShapes()
    {
        RefusesShape(
            "BatchNorm2d: the input must be [N, C, H, W], got 3 axes. x [2, 3, 4].",
            new BatchNorm2d(3),
            [2, 3, 4]
        );
        RefusesShape(
            "BatchNorm1d: the input must be [N, C] or [N, C, L], got 4 axes. x [2, 3, 4, 4].",
            new BatchNorm1d(3),
            [2, 3, 4, 4]
        );
        RefusesShape(
            "BatchNorm: the input must be [N, C] or [N, C, spatial...], got 1 axes. x [3].",
            new BatchNorm(3),
            [3]
        );
        RefusesShape(
            "BatchNorm2d: the input must have 3 channels on axis 1, got 4. x [2, 4, 4, 3]. Is x channels-last?",
            new BatchNorm2d(3),
            [2, 4, 4, 3]
        );
        RefusesShape(
            "BatchNorm2d: expected more than 1 value per channel when training, got 1, which has no variance. x [1, 3, 1, 1].",
            new BatchNorm2d(3),
            [1, 3, 1, 1]
        );
        RefusesShape(
            "InstanceNorm2d: expected more than 1 spatial value when training, got 1, which has no variance. x [4, 3, 1, 1].",
            new InstanceNorm2d(3),
            [4, 3, 1, 1]
        );
        RefusesShape(
            "GroupNorm: the input must have 4 channels on axis 1, got 3. x [2, 3, 4].",
            new GroupNorm(4, 2),
            [2, 3, 4]
        );
        RefusesShape(
            "LayerNorm: the last 2 axes of the input must be [3, 4], got x [2, 4, 3].",
            new LayerNorm([3, 4]),
            [2, 4, 3]
        );
        ShapeException e = Assert.Throws<ShapeException>(() =>
            new BatchNormRelu2d(3).Forward(Tensor.Zeros([2, 3, 2, 2]), Tensor.Zeros([2, 3, 2, 1]))
        );
        Assert.StartsWith(
            "BatchNormRelu2d: the residual must have the input's shape, got [2, 3, 2, 1]. x [2, 3, 2, 2].",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Equal([1, 3, 1, 1], new BatchNorm2d(3).Eval().Forward(Tensor.Zeros([1, 3, 1, 1])).Shape.Sizes.ToArray());
    }

    [Fact]
    public void Constructor_OptionOutOfRange_SaysRuleAndValues()
    {
        Refuses("BatchNorm2d: channels must be 1 or more, got 0.", () => new BatchNorm2d(0));
        Refuses("BatchNorm1d: epsilon must be above 0, got 0.", () => new BatchNorm1d(2, epsilon: 0.0));
        Refuses(
            "BatchNorm: momentum must be 0 to 1, got 1.5. It is the weight of the newest batch.",
            () => new BatchNorm(2, momentum: 1.5)
        );
        Refuses("GroupNorm: groups must divide the channels, got 3 groups for 4 channels.", () => new GroupNorm(4, 3));
        Refuses(
            "LayerNorm: the normalized shape must have at least one axis and 1 to 2^31 - 1 elements, got [].",
            () => new LayerNorm([])
        );
        Refuses("LayerNorm: epsilon must be above 0, got -1.", () => new LayerNorm([2], epsilon: -1.0));
    }

    private static void Refuses(string message, Func<object> make) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);

    private static void RefusesShape(string message, Module layer, Shape x) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ShapeException>(() => layer.Forward(Tensor.Zeros(x))).Message,
            StringComparison.Ordinal
        );

    /// <summary>Gives weights, biases and running statistics values that differ by channel.</summary>
    private static void Spread(Module layer)
    {
        foreach ((string path, Tensor tensor) in layer.StateDict())
        {
            tensor.CopyFrom(
                Tensor.Uniform(
                    tensor.Shape,
                    path == "bias" ? -0.5 : 0.5,
                    1.5,
                    new Rng((ulong)path.Length),
                    tensor.DType
                )
            );
        }
    }

    private static void AssertClose(string what, Tensor expected, Tensor actual, double tolerance)
    {
        double[] want = expected.ToArray<double>(),
            got = actual.ToArray<double>();
        for (int i = 0; i < want.Length; i++)
        {
            Assert.True(
                Math.Abs(want[i] - got[i]) <= tolerance * (1 + Math.Abs(want[i])),
                $"{what} element {i}: expected {want[i]}, got {got[i]}"
            );
        }
    }
}
