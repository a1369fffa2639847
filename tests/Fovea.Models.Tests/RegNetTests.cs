namespace Fovea.Models.Tests;

public sealed class RegNetTests
{
    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("regnet_x_400mf", 5_495_976)]
    [InlineData("regnet_x_800mf", 7_259_656)]
    [InlineData("regnet_x_1_6gf", 9_190_136)]
    [InlineData("regnet_x_3_2gf", 15_296_552)]
    [InlineData("regnet_y_400mf", 4_344_144)]
    [InlineData("regnet_y_800mf", 6_432_512)]
    [InlineData("regnet_y_1_6gf", 11_202_430)]
    [InlineData("regnet_y_3_2gf", 19_436_338)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    [Theory]
    [InlineData("regnet_x_400mf(width=0.25,stem=small)", 1, 32)]
    [InlineData("regnet_y_400mf(width=0.25,stem=small)", 2, 28)]
    [InlineData("regnet_y_400mf(width=0.01,stem=small)", 3, 16)]
    [InlineData("regnet_x_400mf(width=1.3)", 2, 32)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);
}
