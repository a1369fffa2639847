namespace Fovea.Models.Tests;

public sealed class AlexNetTests
{
    // Number of parameters: torchvision's weight metadata.
    [Fact]
    public void Create_UsualForm_IsTorchvisions() => SmallForms.AssertPublished("alexnet", 61_100_840);

    [Theory]
    [InlineData("alexnet(width=0.1,stem=small)", 1, 32)]
    [InlineData("alexnet(width=0.1,stem=small)", 2, 15)]
    [InlineData("alexnet(width=0.1,stem=small)", 3, 28)]
    [InlineData("alexnet(width=0.02)", 1, 63)]
    [InlineData("alexnet(width=0.02,variant=slim)", 2, 224)]
    [InlineData("alexnet(width=0.02,variant=slim)", 1, 195)]
    [InlineData("alexnet(width=0.02,variant=slim)", 1, 321)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Create_Slim_IsAlexNetV2()
    {
        // 64x3x11x11, 192x64x5x5, 384x192x3x3, 384x384x3x3, 256x384x3x3, 4096x256x5x5, 4096x4096, 1000x4096 filters and
        // a bias for each output.
        const long Filters = 23_232 + 307_200 + 663_552 + 1_327_104 + 884_736 + 26_214_400 + 16_777_216 + 4_096_000;
        Assert.Equal(
            Filters + 64 + 192 + 384 + 384 + 256 + 4096 + 4096 + 1000,
            ModelRegistry.Create("alexnet(variant=slim)").Model.ParameterCount()
        );
    }

    // Pool5 of alexnet_v2: Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks, Distill
    // 2019; torchvision pads the input by 2 more.
    [Theory]
    [InlineData("alexnet(variant=slim)", 64)]
    [InlineData("alexnet", 66)]
    public void Forward_LastPool_HasThePublishedReceptiveField(string text, int padding) =>
        MeasuredField.AssertIs(text, ["features"], 32, 195, padding);

    [Fact]
    public void Create_SlimAndSmallStem_SaysThatTheyExcludeEachOther()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            ModelRegistry.Create("alexnet(variant=slim,stem=small)")
        );
        Assert.Contains(
            "Model 'alexnet': variant=slim is for images of 224 pixels, stem=small for small ones",
            error.Message,
            StringComparison.Ordinal
        );
    }
}
