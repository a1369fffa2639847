namespace Fovea.Tests;

public sealed class DropoutStreamTests
{
    [Fact]
    public void Forward_BeforePathsAreKnown_LayersStillDrawTheirOwnMasksAfterwards()
    {
        Dropout first = new(0.5),
            second = new(0.5);
        Sequential net = new(first, second);
        Tensor x = Tensor.Ones([1000]);
        net.Forward(x); // nobody has walked the tree yet
        net.NamedParameters();
        Assert.NotEqual(first.Forward(x).ToArray(), second.Forward(x).ToArray());
    }
}
