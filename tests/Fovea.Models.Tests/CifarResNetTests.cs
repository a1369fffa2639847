namespace Fovea.Models.Tests;

public sealed class CifarResNetTests
{
    // He et al. 2016, table 6 (0.27, 0.46, 0.66, 0.85, 1.7 M), exact by
    // https://github.com/akamaster/pytorch_resnet_cifar10.
    [Theory]
    [InlineData(20, 269_722)]
    [InlineData(32, 464_154)]
    [InlineData(44, 658_586)]
    [InlineData(56, 853_018)]
    [InlineData(110, 1_727_962)]
    public void Create_PadShortcut_HasThePapersNumberOfParameters(int depth, long expected) =>
        Assert.Equal(expected, ModelRegistry.Create($"resnet{depth}(shortcut=pad)").Model.ParameterCount());

    [Fact]
    public void Forward_PadShortcut_AddsEverySecondPixelBetweenZeros()
    {
        Module model = ModelRegistry.Create("resnet20(shortcut=pad,width=0.25)", [1, 8, 8], 2).Eval();
        Module shortcut = model.NamedModules().Single(m => m.Path == "layer2.0.downsample").Module;
        float[] y = shortcut
            .Forward(Tensor.From([.. Enumerable.Range(1, 36).Select(i => (float)i)], [1, 4, 3, 3]))
            .ToArray();
        float[] zeros = new float[2 * 4];
        Assert.Equal([.. zeros, 1, 3, 7, 9, 10, 12, 16, 18, 19, 21, 25, 27, 28, 30, 34, 36, .. zeros], y);
    }

    [Theory]
    [InlineData("resnet20(width=0.25)", 1, 20)]
    [InlineData("resnet20(width=0.07,shortcut=pad)", 1, 21)]
    [InlineData("resnet20(width=0.25,shortcut=pad)", 2, 15)]
    [InlineData("resnet20(width=0.25,shortcut=pad)", 3, 6)]
    [InlineData("resnet20(width=0.25)", 3, 6)]
    [InlineData("small_cnn(width=0.25)", 1, 20)]
    [InlineData("small_cnn(width=0.25)", 3, 6)]
    public void Forward_OtherNumbersOfAxes_GiveFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Create_UnknownShortcut_ListsTheChoices() =>
        Assert.Contains(
            "shortcut must be one of projection, pad, got 'none'",
            Assert.Throws<ArgumentException>(() => ModelRegistry.Create("resnet20(shortcut=none)")).Message,
            StringComparison.Ordinal
        );
}
