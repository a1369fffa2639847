namespace Fovea.Models.Tests;

public sealed class SqueezeNetTests
{
    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("squeezenet1_0", 1_248_424)]
    [InlineData("squeezenet1_1", 1_235_496)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    [Theory]
    [InlineData("squeezenet1_0(width=0.1,stem=small)", 1, 32)]
    [InlineData("squeezenet1_0(width=0.1,stem=small)", 2, 4)]
    [InlineData("squeezenet1_1(width=0.1,stem=small)", 3, 28)]
    [InlineData("squeezenet1_0(width=0.1)", 2, 21)]
    [InlineData("squeezenet1_1(width=0.01)", 2, 40)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Create_UsualForm_WeightsFollowTorchvisionsRules()
    {
        Dictionary<string, Parameter> parameters = ModelRegistry
            .Create("squeezenet1_0")
            .Model.NamedParameters()
            .ToDictionary(p => p.Path, p => p.Parameter);
        Assert.Equal(
            "Kaiming uniform, fan in, gain 1.414",
            parameters["features.3.expand3x3.weight"].Initializer.ToString()
        );
        Assert.Equal("Constant 0", parameters["features.3.expand3x3.bias"].Initializer.ToString());
        Assert.Equal(new Normal(0, 0.01).ToString(), parameters["classifier.1.weight"].Initializer.ToString());
    }
}
