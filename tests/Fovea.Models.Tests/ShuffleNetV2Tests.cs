namespace Fovea.Models.Tests;

public sealed class ShuffleNetV2Tests
{
    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("shufflenet_v2_x0_5", 1_366_792)]
    [InlineData("shufflenet_v2_x1_0", 2_278_604)]
    [InlineData("shufflenet_v2_x1_5", 3_503_624)]
    [InlineData("shufflenet_v2_x2_0", 7_393_996)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    [Theory]
    [InlineData("shufflenet_v2_x0_5(width=0.25,stem=small)", 1, 32)]
    [InlineData("shufflenet_v2_x0_5(width=0.25,stem=small)", 2, 28)]
    [InlineData("shufflenet_v2_x0_5(width=0.3,stem=small)", 3, 16)]
    [InlineData("shufflenet_v2_x1_0(width=0.1)", 2, 32)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);
}
