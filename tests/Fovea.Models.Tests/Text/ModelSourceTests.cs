namespace Fovea.Models.Tests;

public sealed class ModelSourceTests : IDisposable
{
    private const string Net = "conv 4 3 padding=1\nrelu\nglobalavgpool flatten=true\nlinear classes\n";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"fovea-{Guid.NewGuid():N}.net");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("resnet20", typeof(CifarResNet))]
    [InlineData("small_cnn(width=0.5)", typeof(SmallCnn))]
    [InlineData("input 3x16x16; flatten; linear classes", typeof(TextNetwork))]
    [InlineData("flatten; linear classes", typeof(TextNetwork))]
    [InlineData(Net, typeof(TextNetwork))]
    public void Create_NameOrText_GivesItsModel(string text, Type type) =>
        Assert.IsType(type, ModelSource.Create(text, [3, 16, 16], 7));

    [Fact]
    public void Create_File_GivesItsNetwork()
    {
        File.WriteAllText(_file, "input 1x9\n" + Net.ReplaceLineEndings("\r\n"));

        (Module model, Shape item) = ModelSource.Create(_file);

        Assert.Equal<Shape>([1, 9], item);
        Assert.Equal("input 1x9\n" + Net, Assert.IsType<TextNetwork>(model).Text);
    }

    [Fact]
    public void Resolve_FileOfOneLine_IsKnownAsNetworkTextAfterwards()
    {
        File.WriteAllText(_file, "linear classes");

        string text = ModelSource.Resolve(_file);

        Assert.True(ModelSource.IsNetworkText(text), $"'{text}' is not taken for network text");
        Assert.Equal(text, ModelSource.Resolve(text));
    }

    [Theory]
    [InlineData("resnet20", "resnet20")]
    [InlineData("flatten; linear classes", "flatten; linear classes")]
    [InlineData("flatten\nlinear classes\n", "network text of 2 lines")]
    public void Title_Model_IsOneLine(string text, string title) => Assert.Equal(title, ModelSource.Title(text));

    [Fact]
    public void Create_OutputIsNotOneScoreAClass_SaysWhatToWrite()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            ModelSource.Create("flatten; linear 10", [3, 8, 8], 7)
        );

        Assert.Equal(
            "Network text: the output must be one score a class, [N, 7], got [N, 10]. End with 'globalavgpool flatten=true' or 'flatten', then 'linear classes'.",
            error.Message
        );
    }

    [Fact]
    public void Create_UnknownName_SuggestsNearOnes() =>
        Assert.Contains(
            "resnet20",
            Assert.Throws<ArgumentException>(() => ModelSource.Create("resnet2o", [3, 8, 8], 7)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Recipe_NetworkText_FitsTheNumberOfItems()
    {
        Assert.Equal(64, ModelSource.Recipe("flatten; linear classes", 50_000).Batch);
        Assert.Equal(10, ModelSource.Recipe("flatten; linear classes", 100).Batch);
        Assert.Equal(ModelRegistry.Recipe("resnet20", 100), ModelSource.Recipe("resnet20", 100));
    }

    [Fact]
    public void Create_SeveralEndsForLabelledItems_SaysWhatToDo()
    {
        Assert.Contains(
            "the data has one label an item, and the network gives a, b",
            Assert
                .Throws<ArgumentException>(() =>
                    ModelSource.Create("input 2x8; flatten; a: linear 3; b: linear 3; output a, b", [2, 8], 3)
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the network has 2 inputs (a, b), and shapes are given for one input",
            Assert
                .Throws<NetworkTextException>(() =>
                    ModelSource.Create("input a 2x8; input b 2x8; add a; flatten; linear classes", [2, 8], 3)
                )
                .Message,
            StringComparison.Ordinal
        );
    }
}
