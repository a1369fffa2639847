namespace Fovea.Tests;

/// <summary>Gradients of choices are selected: what was not chosen does not see infinities of the other branch.</summary>
public sealed class SelectedGradientTests
{
    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Backward_MaximumWithNonFiniteGradient_LeavesTheSmallerAtZero(float seed)
    {
        Tensor a = Leaf(1f, 5f, 2f),
            b = Leaf(3f, 4f, 2f);
        a.Maximum(b).Backward(Tensor.From([seed, seed, seed], [3]));
        Assert.Equal([0f, seed, seed], a.Grad!.ToArray()); // a tie passes half, which is as large
        Assert.Equal([seed, 0f, seed], b.Grad!.ToArray());
    }

    [Fact]
    public void Backward_MinimumAtTies_GivesHalfToEach()
    {
        Tensor a = Leaf(1f, 2f),
            b = Leaf(1f, 1f);
        a.Minimum(b).Backward(Tensor.From([6f, -4f], [2]));
        Assert.Equal([3f, 0f], a.Grad!.ToArray());
        Assert.Equal([3f, -4f], b.Grad!.ToArray());
    }

    [Fact]
    public void Backward_PReluWithInfiniteGradientWhereXIsPositive_LeavesTheSlopeFinite()
    {
        Tensor x = Tensor.From([2f, -3f], [1, 2]),
            slope = Leaf(0.5f);
        x.RequiresGrad = true;
        new PReluOperator().Apply(x, slope).Backward(Tensor.From([float.PositiveInfinity, 4f], [1, 2]));
        Assert.Equal([float.PositiveInfinity, 2f], x.Grad!.ToArray());
        Assert.Equal([-12f], slope.Grad!.ToArray());
    }

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.From(values, [values.Length]);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
