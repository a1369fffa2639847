namespace Fovea.Tests;

public sealed class RMSpropTests
{
    [Fact]
    public void Step_CenteredWithAConstantGradient_StaysFinite()
    {
        Parameter parameter = new([4], new Constant(1));
        RMSprop optimizer = new([new ParameterGroup([parameter])], 0.001, centered: true);
        for (int i = 0; i < 5000; i++)
        {
            parameter.Grad = Tensor.Full([4], 0.37);
            optimizer.Step();
        }

        Assert.All(parameter.ToArray(), v => Assert.True(float.IsFinite(v), $"the parameter became {v}"));
    }
}
