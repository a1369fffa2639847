namespace Fovea.Tests;

public sealed class ConstantTests
{
    [Fact]
    public void Fill_EveryElement_HasTheValueAndNothingIsDrawn()
    {
        Rng rng = new(1);
        RngState before = rng.State;
        Tensor tensor = Tensor.Zeros([2, 3]);
        new Constant(0.25).Fill(tensor, rng);
        Assert.All(tensor.ToArray(), v => Assert.Equal(0.25f, v));
        Assert.Equal(before, rng.State);
        Assert.Equal("Constant 0.25", new Constant(0.25).ToString());
    }
}
