namespace Fovea.Models.Tests;

public sealed class ModelRegistryTests
{
    // Published or computed by hand from the papers: see the remarks of each family.
    [Theory]
    [InlineData("resnet20", 3, 10, 272_474)]
    [InlineData("resnet56", 3, 10, 855_770)]
    [InlineData("small_cnn", 1, 10, 68_026)]
    public void Create_ImageModel_HasThePublishedNumberOfParameters(
        string name,
        int channels,
        int classes,
        long expected
    ) => Assert.Equal(expected, ModelRegistry.Create(name, [channels, 32, 32], classes).ParameterCount());

    [Theory]
    [InlineData("fcn", 2, 264_704 + (129 * 2))]
    [InlineData("resnet_ts", 5, 504_000 + (129 * 5))]
    public void Create_SeriesModel_HasThePublishedNumberOfParameters(string name, int classes, long expected) =>
        Assert.Equal(expected, ModelRegistry.Create(name, [1, 150], classes).ParameterCount());

    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory, MemberData(nameof(Names))]
    public void Create_EveryModel_GivesScoresAndGradientsForEveryParameter(string name)
    {
        ModelEntry entry = ModelRegistry.Find(name).Entry;
        int rank = entry.SpatialRank;
        if (name is "resnet56" or "resnet110" or "resnet44" or "resnet32")
        {
            return; // deeper forms of resnet20, which is tested
        }

        // Networks for large images in their smallest form.
        string text = entry.Arguments.Contains("stem") ? $"{name}(width=0.05,stem=small)" : name;
        Shape item = rank == 2 ? [1, 16, 16] : [1, 40];
        Module model = ModelRegistry.Create(text, item, 3);
        Tensor scores = model.Forward(Tensor.Normal(Shape.Create([2, .. item.Sizes])));
        Assert.Equal<Shape>([2, 3], scores.Shape);
        new CrossEntropy().Forward(scores, Tensor.From<long>([0, 2], [2])).Backward();
        Assert.All(
            model.NamedParameters(),
            p => Assert.True(p.Parameter.Grad is not null, $"{name}: {p.Path} got no gradient")
        );
        Assert.True(ModelRegistry.Recipe(name, 100).Epochs > 0);
    }

    [Fact]
    public void Create_SameSeed_SameWeightsAndDifferentLayersDiffer()
    {
        Module a = ModelRegistry.Create("resnet20", [1, 16, 16], 10),
            b = ModelRegistry.Create("resnet20", [1, 16, 16], 10);
        Assert.All(
            a.StateDict().Zip(b.StateDict()),
            p => Assert.Equal(p.First.Value.ToArray(), p.Second.Value.ToArray())
        );
        IReadOnlyDictionary<string, Tensor> state = a.StateDict();
        Assert.NotEqual(state["layer1.0.conv1.weight"].ToArray(), state["layer1.0.conv2.weight"].ToArray());
        Assert.NotEqual(
            state["conv1.weight"].ToArray(),
            ModelRegistry.Create("resnet20", [1, 16, 16], 10).Initialize(1).StateDict()["conv1.weight"].ToArray()
        );
    }

    [Fact]
    public void StateDict_OfResNet20_HasTheFieldsNames()
    {
        string[] names = [.. ModelRegistry.Create("resnet20", [3, 32, 32], 10).StateDict().Keys];
        Assert.Contains("conv1.weight", names);
        Assert.Contains("bn1.running_mean", names);
        Assert.Contains("layer2.0.downsample.0.weight", names);
        Assert.Contains("layer3.2.bn2.num_batches_tracked", names);
        Assert.Contains("fc.bias", names);
    }

    [Theory]
    [InlineData("resnet21", "Model 'resnet21' is not in the zoo. Near names: resnet20")]
    [InlineData("zzzzzzzzzzz", "The zoo has small_cnn")]
    [InlineData("resnet20(depth=3)", "has no argument 'depth'; it takes width, shortcut, dims, classes, channels")]
    [InlineData("resnet20(width=0)", "width must be a number from 0.01 to 100, got '0'")]
    [InlineData("resnet20(width)", "must be written name=value, got 'width'")]
    [InlineData("resnet20(width=1,width=2)", "argument 'width' is given twice")]
    [InlineData("resnet20(width=1", "write a name, or name(argument=value,...)")]
    [InlineData("resnet20(channels=3)", "channels=3 does not fit the data, which has 1 channels")]
    [InlineData("fcn", "is for series [C, L], the items are [1, 16, 16]. For these take e.g. small_cnn")]
    public void Create_WrongText_SaysWhatIsWrong(string text, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ModelRegistry.Create(text, [1, 16, 16], 10));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithWidth_ChangesTheNetwork() =>
        Assert.Equal<Shape>(
            [8, 1, 3, 3],
            ModelRegistry.Create("resnet20(width=0.5)", [1, 16, 16], 10).StateDict()["conv1.weight"].Shape
        );
}
