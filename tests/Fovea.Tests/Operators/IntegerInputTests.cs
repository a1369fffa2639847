namespace Fovea.Tests;

public sealed class IntegerInputTests
{
    public static TheoryData<string> Computing => [.. Layers.Keys];

    private static Dictionary<string, Func<Tensor, Tensor>> Layers =>
        new()
        {
            ["Conv2d"] = x => new Conv2d(2, 2, 1).Forward(x),
            ["ConvTranspose2d"] = x => new ConvTranspose2d(2, 2, 1).Forward(x),
            ["MaxPool2d"] = x => new MaxPool2d(2).Forward(x),
            ["AvgPool2d"] = x => new AvgPool2d(2).Forward(x),
            ["BatchNorm2d"] = x => new BatchNorm2d(2).Forward(x),
            ["GroupNorm"] = x => new GroupNorm(2, 1).Forward(x),
            ["LayerNorm"] = x => new LayerNorm([4]).Forward(x),
            ["Upsample"] = x => new Upsample(2).Forward(x),
            ["ReLU"] = x => x.Relu(),
            ["Add"] = x => x + x,
            ["Sum"] = x => x.Sum(),
            ["Softmax"] = x => x.Softmax(),
        };

    [Theory, MemberData(nameof(Computing))]
    public void Apply_IntegersToAnOperatorThatComputes_IsRefusedByName(string name)
    {
        Tensor x = Tensor.Zeros([1, 2, 4, 4], DType.Int64);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Layers[name](x));
        Assert.Contains(
            "elements must be Float32 or Float64, got Int64 [1, 2, 4, 4]. Convert with To(DType.Float32).",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Apply_IntegersToAnOperatorThatMoves_AreMoved()
    {
        Tensor x = Tensor.Arange(6, DType.Int64);
        Assert.Equal(
            [3L, 0, 4, 1, 5, 2],
            x.Reshape(2, 3)
                .Narrow(0, 0, 2)
                .Permute(1, 0)
                .Reshape(6)
                .ToArray<long>()
                .Chunk(2)
                .SelectMany(p => p.Reverse())
        );
    }
}
