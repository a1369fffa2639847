namespace Fovea.Models.Tests;

public sealed class GoogLeNetTests
{
    // Number of parameters: torchvision's without the auxiliary heads.
    [Fact]
    public void Create_UsualForm_IsTorchvisions() => SmallForms.AssertPublished("googlenet", 6_624_904);

    [Theory]
    [InlineData("googlenet(width=0.1,stem=small)", 1, 32)]
    [InlineData("googlenet(width=0.1,stem=small)", 2, 28)]
    [InlineData("googlenet(width=0.1,stem=small)", 3, 16)]
    [InlineData("googlenet(width=0.1,stem=small)", 1, 4)]
    [InlineData("googlenet(width=0.1)", 2, 15)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Create_UsualForm_NormalizationAddsTorchvisionsEpsilon()
    {
        BatchNorm[] norms =
        [
            .. ModelRegistry
                .Create("googlenet(width=0.1)")
                .Model.NamedModules()
                .Select(m => m.Module)
                .OfType<BatchNorm>(),
        ];
        Assert.Equal(57, norms.Length);
        Assert.All(norms, n => Assert.Equal(1e-3, n.Epsilon));
    }
}
