namespace Fovea.Models.Tests;

public sealed class ResNetTests
{
    private static readonly string[] Features = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"];

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
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) => SmallForms.AssertPublished(name, parameters);

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
    public void Forward_SmallForm_GivesFiniteScores(string name, int dims) => SmallForms.AssertScores($"{name}(width=0.05,stem=small)", dims, dims == 3 ? 16 : 32);

    [Theory]
    [InlineData("resnet34(width=0.05)", 2, 33)]
    [InlineData("resnet50(width=0.05,variant=slim)", 1, 64)]
    [InlineData("resnet50(width=0.05,variant=slim)", 2, 33)]
    public void Forward_LargeStem_GivesFiniteScores(string text, int dims, int size) => SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Create_Slim_HasTheParametersOfTheUsualForm()
    {
        string[] Names(string text) => [.. ModelRegistry.Create(text).Model.NamedParameters().Select(p => $"{p.Path} {p.Parameter.Shape}")];
        Assert.Equal(Names("resnet50(width=0.05)"), Names("resnet50(width=0.05,variant=slim)"));
    }

    /// <summary>Receptive fields and paddings of the last map at stride 32. TF-Slim's: Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks, Distill 2019.</summary>
    [Theory]
    [InlineData("resnet50", 427, 213)]
    [InlineData("resnet50(variant=slim)", 483, 239)]
    [InlineData("resnet18", 435, 217)]
    public void Forward_SingleOne_ReachesThePublishedReceptiveField(string text, int field, int padding)
    {
        const int Output = 16, Stride = 32;
        string small = $"{text.TrimEnd(')')}{(text.EndsWith(')') ? ',' : '(')}width=0.01,dims=1,channels=1)";
        (int first, int last) = ReceptiveField.Of(ModelRegistry.Create(small).Model, Features, 1024, Output);
        Assert.Equal(((Output * Stride) - padding, field), (first, last - first + 1));
    }

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
