namespace Fovea.Models.Tests;

public sealed class ResNetTests
{
    private static readonly string[] Features =
    [
        "conv1",
        "bn1",
        "relu",
        "maxpool",
        "layer1",
        "layer2",
        "layer3",
        "layer4",
    ];

    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("resnet101", 44_549_160)]
    [InlineData("resnet152", 60_192_808)]
    [InlineData("resnext50_32x4d", 25_028_904)]
    [InlineData("resnext101_32x8d", 88_791_336)]
    [InlineData("wide_resnet50_2", 68_883_240)]
    [InlineData("wide_resnet101_2", 126_886_696)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    // github.com/kuangliu/pytorch-cifar: the networks with a 3x3 stem.
    [Theory]
    [InlineData("resnet18(stem=small,classes=10)", 11_173_962)]
    [InlineData("resnet50(stem=small,classes=10)", 23_520_842)]
    public void Create_SmallStem_HasThePublishedNumberOfParameters(string text, long parameters) =>
        Assert.Equal(parameters, ModelRegistry.Create(text).Model.ParameterCount());

    [Theory]
    [InlineData("resnet18", 1)]
    [InlineData("resnet18", 3)]
    [InlineData("resnet50", 1)]
    [InlineData("resnet50", 3)]
    [InlineData("resnext50_32x4d", 1)]
    [InlineData("wide_resnet50_2", 2)]
    [InlineData("resnet200", 2)]
    public void Forward_SmallForm_GivesFiniteScores(string name, int dims) =>
        SmallForms.AssertScores($"{name}(width=0.05,stem=small)", dims, dims == 3 ? 16 : 32);

    [Theory]
    [InlineData("resnet34(width=0.05)", 2, 33)]
    [InlineData("resnet50(width=0.05,variant=slim)", 1, 64)]
    [InlineData("resnet50(width=0.05,variant=slim)", 2, 33)]
    public void Forward_LargeStem_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    // timm's resnet200, which has the same units.
    [Fact]
    public void Create_ResNet200_HasThePublishedNumberOfParameters() =>
        Assert.Equal(64_673_832, ModelRegistry.Create("resnet200(variant=slim)").Model.ParameterCount());

    [Fact]
    public void Create_Slim_HasTheParametersOfTheUsualForm()
    {
        string[] Names(string text) =>
            [.. ModelRegistry.Create(text).Model.NamedParameters().Select(p => $"{p.Path} {p.Parameter.Shape}")];
        Assert.Equal(Names("resnet50(width=0.05)"), Names("resnet50(width=0.05,variant=slim)"));
    }

    // TF-Slim's: Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks, Distill 2019;
    // torchvision's by the same recurrence.
    [Theory]
    [InlineData("resnet18", 435, 217)]
    [InlineData("resnet50", 427, 213)]
    [InlineData("resnet50(variant=slim)", 483, 239)]
    [InlineData("resnet101(variant=slim)", 1027, 511)]
    [InlineData("resnet152(variant=slim)", 1507, 751)]
    [InlineData("resnet200", 1763, 879)]
    public void Forward_LastMap_HasThePublishedReceptiveField(string text, int size, int padding) =>
        MeasuredField.AssertIs(text, Features, 32, size, padding);

    // Block 3 of TF-Slim's ends with its stride, so that the strides of the stages are 8, 16, 32, 32.
    [Theory]
    [InlineData("layer1", 8, 35, 15)]
    [InlineData("layer2", 16, 99, 47)]
    [InlineData("layer3", 32, 291, 143)]
    public void Forward_MapOfASlimStage_HasThePublishedReceptiveField(
        string stage,
        int stride,
        int size,
        int padding
    ) =>
        MeasuredField.AssertIs(
            "resnet50(variant=slim)",
            Features[..(Array.IndexOf(Features, stage) + 1)],
            stride,
            size,
            padding
        );

    [Theory]
    [InlineData("resnet18(variant=slim)", "has no argument 'variant'; it takes width, stem, dims, classes, channels")]
    [InlineData("resnet50(variant=keras)", "variant must be one of torchvision, slim, got 'keras'")]
    [InlineData("resnet200(variant=torchvision)", "variant must be one of slim, got 'torchvision'")]
    [InlineData("resnet50(stem=tiny)", "stem must be one of large, small, got 'tiny'")]
    [InlineData("resnet50(width=0)", "width must be a number from 0.01 to 100, got '0'")]
    [InlineData("resnet50(dims=4)", "dims must be 1, 2 or 3, got 4")]
    public void Create_WrongArgument_SaysWhatIsWrong(string text, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ModelRegistry.Create(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
