namespace Fovea.Models.Tests;

public sealed class DenseNetTests
{
    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("densenet121", 7_978_856)]
    [InlineData("densenet169", 14_149_480)]
    [InlineData("densenet201", 20_013_928)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    [Theory]
    [InlineData("densenet121(width=0.1,stem=small)", 1, 32)]
    [InlineData("densenet121(width=0.1,stem=small)", 2, 8)]
    [InlineData("densenet121(width=0.05,stem=small,dropout=0.2)", 3, 16)]
    [InlineData("densenet121(width=0.01)", 2, 29)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Forward_WithDropout_DrawsInTraining()
    {
        Module model = ModelRegistry.Create("densenet121(width=0.05,stem=small,dropout=0.5)", [1, 16, 16], 3);
        Tensor x = Tensor.Normal([2, 1, 16, 16]);
        Assert.NotEqual(model.Forward(x).ToArray(), model.Forward(x).ToArray());
        model.Eval();
        Assert.Equal(model.Forward(x).ToArray(), model.Forward(x).ToArray());
    }
}
