namespace Fovea.Tests;

/// <summary>Options tell two uses of an operator apart.</summary>
public sealed class OperatorOptionTests
{
    public static TheoryData<string, Module> Uses =>
        new()
        {
            { "", new LeakyReLU() },
            { "slope=0.2", new LeakyReLU(0.2) },
            { "", new ELU() },
            { "alpha=0.5", new ELU(0.5) },
            { "alpha=2", new CELU(2) },
            { "", new GELU() },
            { "tanh=true", new GELU(tanh: true) },
            { "beta=2 threshold=10", new Softplus(2, 10) },
            { "slope=0.2", new Lambda(x => x.LeakyRelu(0.2)) },
            { "alpha=0.5", new Lambda(x => x.Elu(0.5)) },
            { "alpha=0.5", new Lambda(x => x.Celu(0.5)) },
            { "tanh=true", new Lambda(x => x.Gelu(tanh: true)) },
            { "beta=2", new Lambda(x => x.Softplus(2)) },
            { "value=2.5", new Lambda(x => x + 2.5) },
            { "value=2", new Lambda(x => x - 2) },
            { "minuend=2", new Lambda(x => 2 - x) },
            { "value=2", new Lambda(x => x / 2) },
            { "dividend=2", new Lambda(x => 2 / x) },
            { "exponent=3", new Lambda(x => x.Power(3)) },
            { "low=-1 high=1", new Lambda(x => x.Clamp(-1, 1)) },
            { "high=1", new Lambda(x => x.Clamp(high: 1)) },
            { "kernel=2 divisor=3", new AvgPool2d(2, divisorOverride: 3) },
            { "norm=2.5 kernel=2", new LpPool2d(2.5, 2) },
            { "groups=4", new GroupNorm(4, 4) },
            { "", new InstanceNorm2d(4) },
            {
                "momentum=average affine=true running=true",
                new InstanceNorm2d(4, affine: true, trackRunningStats: true, momentum: null)
            },
            { "p=0.3333333333333333", new Dropout(1.0 / 3) },
            { "", new Flatten() },
            { "start=2 end=3", new Flatten(2, 3) },
            { "axes=2x3", new Lambda(x => x.Mean([2, 3])) },
        };

    [Theory]
    [MemberData(nameof(Uses))]
    public void Options_Use_SayWhatIsUnusual(string options, Module module) =>
        Assert.Equal(
            options,
            string.Join(
                ' ',
                Graph
                    .Trace(module, [4, 8, 8], training: true)
                    .Nodes[^1]
                    .Operator.Options.Select(o => $"{o.Name}={o.Value}")
            )
        );

    [Fact]
    public void Options_ReshapeWithTheBatch_LeavesTheBatchOpen()
    {
        Assert.Equal("-1x256", Shape(x => x.Reshape(x.Shape[0], -1)));
        Assert.Equal("-1x4x64", Shape(x => x.Reshape(x.Shape[0], 4, 64)));
        Assert.Equal("-1x64", Shape(x => x.Reshape(-1, 64)));
        Assert.Equal("-1x4x1x1", Shape(x => x.Mean([2, 3]).Reshape(x.Shape[0], 4, 1, 1)));

        static string Shape(Func<Tensor, Tensor> function)
        {
            Node node = Graph.Trace(new Lambda(function), [4, 8, 8]).Nodes[^1];
            Assert.Equal(node.Output.Shape.At(5), node.Operator.OutputShape([node.Inputs[0].Shape.At(5)]));
            return node.Operator.Options[0].Value;
        }
    }

    [Theory]
    [InlineData("add", 2)]
    [InlineData("negate", 1)]
    public void Operation_WrongNumberOfInputs_SaysHowManyItTakes(string word, int takes)
    {
        Operation operation = new(word, new OptionReader(word, []));

        Assert.Equal(takes, operation.Takes);
        Assert.Contains(
            $"{word}: takes {takes} input",
            Assert
                .Throws<ShapeException>(() =>
                    operation.Forward(Tensor.Zeros([1]), Tensor.Zeros([1]), Tensor.Zeros([1]))
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Operation_Word_ComputesWhatTheTensorOperationDoes()
    {
        Tensor x = Tensor.Normal([2, 3, 4]),
            y = Tensor.Normal([2, 3, 4], std: 2);

        Assert.Equal((x - y).ToArray(), Make("subtract").Forward(x, y).ToArray());
        Assert.Equal((2 - x).ToArray(), Make("subtract", ("minuend", "2")).Forward(x).ToArray());
        Assert.Equal(
            x.Mean([1, 2], keepDims: true).ToArray(),
            Make("mean", ("axes", "1x2"), ("keep", "true")).Forward(x).ToArray()
        );
        Assert.Equal(x.Permute(2, 0, 1).ToArray(), Make("permute", ("order", "2x0x1")).Forward(x).ToArray());
        Assert.Equal(Tensor.Concat([x, y], 2).ToArray(), Make("concat", ("axis", "2")).Forward(x, y).ToArray());
        Assert.Contains(
            "there is no 'nothing'",
            Assert.Throws<ArgumentException>(() => Make("nothing")).Message,
            StringComparison.Ordinal
        );
    }

    private static Operation Make(string word, params (string Name, string Value)[] options) =>
        new(word, new OptionReader(word, options.Select(o => new OperatorOption(o.Name, o.Value))));
}
