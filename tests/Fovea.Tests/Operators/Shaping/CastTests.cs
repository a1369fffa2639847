namespace Fovea.Tests;

public sealed class CastTests
{
    [Fact]
    public void To_OtherFloatType_PassesTheGradientConvertedBack()
    {
        Tensor x = Tensor.From([1.5f, -2f], [2]);
        x.RequiresGrad = true;
        Tensor y = x.To(DType.Float64);
        y.Backward(Tensor.From<double>([3.0, 0.1], [2]));
        Assert.Equal([1.5, -2.0], y.ToArray<double>());
        Assert.Equal(DType.Float32, x.Grad!.DType);
        Assert.Equal([3f, 0.1f], x.Grad!.ToArray());
    }

    [Fact]
    public void To_Integers_TruncatesAndHasNoGradient()
    {
        Tensor x = Tensor.From([1.9f, -1.9f], [2]);
        x.RequiresGrad = true;
        Tensor y = x.To(DType.Int64);
        Assert.Equal([1L, -1L], y.ToArray<long>());
        Assert.False(y.RequiresGrad);
    }

    [Fact]
    public void To_SameType_IsACopy()
    {
        Tensor x = Tensor.From([1f, 2f], [2]);
        Tensor y = x.To(DType.Float32);
        x.AsSpan<float>()[0] = 9f;
        Assert.Equal([1f, 2f], y.ToArray());
    }

    [Fact]
    public void Squeeze_TracedWithoutAxes_KeepsABatchOfOneItem()
    {
        Graph graph = GraphTracer.Trace(
            "squeeze",
            null,
            [GraphInput.OfItems("x", [1, 3])],
            (_, x) => [x[0].Squeeze().Squeeze().Exp()]
        );
        Assert.Equal("[N, 3]", $"{graph.Output.Shape}");
        Assert.Equal([1, 3], TracedRule.Run(graph, 1, [Tensor.Zeros([1, 1, 3])])[0].Shape);
    }

    [Fact]
    public void Target_OfEqualReshapes_IsEqual()
    {
        Assert.Equal(Reshape.To("Reshape", [2, 6], [3, -1]).Target, Reshape.To("Reshape", [2, 6], [3, -1]).Target);
        Assert.NotEqual(Reshape.To("Reshape", [2, 6], [3, -1]).Target, Reshape.To("Reshape", [2, 6], [-1, 3]).Target);
        Assert.Equal(Reshape.ForSqueeze([1, 2]).Target, Reshape.ForSqueeze([1, 2]).Target);
        Assert.NotEqual(Reshape.ForFlatten(1, -1).Target, Reshape.ForFlatten(0, -1).Target);
    }
}
