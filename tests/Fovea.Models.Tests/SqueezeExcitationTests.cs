namespace Fovea.Models.Tests;

public sealed class SqueezeExcitationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Forward_WithTheSameWeights_IsSqueezeExcite(int dims)
    {
        SqueezeExcitation layer = new MobileLayers(dims).SqueezeExcitation(6, 2, new SiLU(), new Sigmoid());
        SqueezeExcite expected = new(6, 2, new SiLU());
        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"], layer.NamedParameters().Select(p => p.Path));
        layer.Parameters()[1].Fill(0.3);
        foreach ((Parameter from, Parameter to) in layer.Parameters().Zip(expected.Parameters()))
        {
            to.CopyFrom(from.Reshape([.. to.Shape.Sizes]));
        }

        Tensor x = Tensor.Normal(Shape.Create([2, 6, .. Enumerable.Repeat(4, dims)]), rng: new Rng(3));
        Assert.All(
            expected.Forward(x).ToArray().Zip(layer.Forward(x).ToArray()),
            p => Assert.Equal(p.First, p.Second, 1e-6f)
        );
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(11.9, 16)]
    [InlineData(12, 16)]
    [InlineData(17, 16)]
    [InlineData(19.9, 24)]
    [InlineData(72, 72)]
    public void Divisible_RoundsToMultiplesOf8ButNotBelowNineTenths(double channels, int expected) =>
        Assert.Equal(expected, MobileLayers.Divisible(channels));
}
