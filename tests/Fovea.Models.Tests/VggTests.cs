namespace Fovea.Models.Tests;

public sealed class VggTests
{
    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("vgg11", 132_863_336)]
    [InlineData("vgg11_bn", 132_868_840)]
    [InlineData("vgg13", 133_047_848)]
    [InlineData("vgg13_bn", 133_053_736)]
    [InlineData("vgg16", 138_357_544)]
    [InlineData("vgg16_bn", 138_365_992)]
    [InlineData("vgg19", 143_667_240)]
    [InlineData("vgg19_bn", 143_678_248)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    // github.com/kuangliu/pytorch-cifar: VGG-16 with normalization and one linear layer.
    [Fact]
    public void Create_SmallStem_HasThePublishedNumberOfParameters() =>
        Assert.Equal(14_728_266, ModelRegistry.Create("vgg16_bn(stem=small,classes=10)").Model.ParameterCount());

    [Theory]
    [InlineData("vgg11(width=0.1,stem=small)", 1, 32)]
    [InlineData("vgg11(width=0.1,stem=small)", 2, 28)]
    [InlineData("vgg11_bn(width=0.1,stem=small)", 3, 28)]
    [InlineData("vgg19_bn(width=0.05,stem=small,dropout=0)", 2, 32)]
    [InlineData("vgg11(width=0.02)", 1, 32)]
    [InlineData("vgg11(width=0.02)", 2, 40)]
    [InlineData("vgg11(width=0.02,variant=slim)", 2, 224)]
    [InlineData("vgg11(width=0.02,variant=slim)", 1, 300)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Create_Slim_HasAsManyParametersAsTheUsualForm() =>
        Assert.Equal(
            ModelRegistry.Create("vgg11(width=0.1)").Model.ParameterCount(),
            ModelRegistry.Create("vgg11(width=0.1,variant=slim)").Model.ParameterCount()
        );

    [Fact]
    public void Create_UsualForm_WeightsFollowTorchvisionsRules()
    {
        Dictionary<string, Parameter> parameters = ModelRegistry
            .Create("vgg11(width=0.1)")
            .Model.NamedParameters()
            .ToDictionary(p => p.Path, p => p.Parameter);
        Assert.Equal("Kaiming normal, fan out, gain 1.414", parameters["features.0.weight"].Initializer.ToString());
        Assert.Equal("Constant 0", parameters["features.0.bias"].Initializer.ToString());
        Assert.Equal(new Normal(0, 0.01).ToString(), parameters["classifier.6.weight"].Initializer.ToString());
        Assert.Equal("Constant 0", parameters["classifier.6.bias"].Initializer.ToString());
    }

    // Pool5 of VGG-A and VGG-16: Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks,
    // Distill 2019.
    [Theory]
    [InlineData("vgg11", 150, 59)]
    [InlineData("vgg16", 212, 90)]
    public void Forward_LastPool_HasThePublishedReceptiveField(string text, int size, int padding) =>
        MeasuredField.AssertIs(text, ["features"], 32, size, padding);

    [Theory]
    [InlineData(
        "vgg11(stem=small,variant=slim)",
        "variant=slim is for images of 224 pixels or more, stem=small for small ones; give one of them"
    )]
    [InlineData("vgg11(dropout=1.5)", "dropout must be a number from 0 to 1, got '1.5'")]
    [InlineData("vgg12", "is not in the zoo. Near names: vgg11")]
    public void Create_WrongArgument_SaysWhatIsWrong(string text, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ModelRegistry.Create(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
