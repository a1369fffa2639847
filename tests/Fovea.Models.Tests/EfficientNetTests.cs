namespace Fovea.Models.Tests;

public sealed class EfficientNetTests
{
    [Theory]
    [InlineData("efficientnet_b0", 5_288_548, 224)]
    [InlineData("efficientnet_b1", 7_794_184, 240)]
    [InlineData("efficientnet_b2", 9_109_994, 288)]
    [InlineData("efficientnet_b3", 12_233_232, 300)]
    [InlineData("efficientnet_b4", 19_341_616, 380)]
    [InlineData("efficientnet_b5", 30_389_784, 456)]
    [InlineData("efficientnet_b6", 43_040_704, 528)]
    [InlineData("efficientnet_b7", 66_347_960, 600)]
    [InlineData("efficientnet_v2_s", 21_458_488, 384)]
    [InlineData("efficientnet_v2_m", 54_139_356, 480)]
    [InlineData("efficientnet_v2_l", 118_515_272, 480)]
    public void Create_Usual_IsTorchvisions(string name, long parameters, int size)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);
        Assert.Equal(parameters, model.ParameterCount());
        Assert.Equal<Shape>([3, size, size], item);
        TorchvisionNames.AssertSame(name, model);
    }

    // torchvision: constants of the normalization and the dropout of each version.
    [Theory]
    [InlineData("efficientnet_b0", 1e-5, 0.1, 0.2)]
    [InlineData("efficientnet_b3", 1e-5, 0.1, 0.3)]
    [InlineData("efficientnet_b4", 1e-5, 0.1, 0.4)]
    [InlineData("efficientnet_b5", 1e-3, 0.01, 0.4)]
    [InlineData("efficientnet_b7", 1e-3, 0.01, 0.5)]
    [InlineData("efficientnet_v2_s", 1e-3, 0.1, 0.2)]
    [InlineData("efficientnet_v2_l", 1e-3, 0.1, 0.4)]
    public void Create_Usual_HasTorchvisionsConstants(string name, double epsilon, double momentum, double dropout)
    {
        Module[] modules = [.. ModelRegistry.Create($"{name}(width=0.01)").Model.NamedModules().Select(m => m.Module)];
        BatchNorm norm = modules.OfType<BatchNorm>().First();
        Assert.All(modules.OfType<BatchNorm>(), n => Assert.Equal(epsilon, n.Epsilon));
        norm.Forward(Tensor.Full([2, norm.Weight!.Shape[0], 2, 2], 1.0));
        Assert.Equal(momentum, norm.RunningMean!.ToArray()[0], 1e-6);
        Assert.Equal(dropout, modules.OfType<Dropout>().Single().Probability, 1e-4);
        double[] skips = [.. modules.OfType<DropPath>().Select(d => d.Probability)];
        Assert.Equal([.. Enumerable.Range(0, skips.Length).Select(i => 0.2 * i / skips.Length)], skips);
    }

    [Fact]
    public void Forward_InTraining_SkipsBlocksAtRandom()
    {
        Module model = ModelRegistry.Create("efficientnet_b0(width=0.01,dropout=0,stem=small)", [1, 16, 16], 3);
        Tensor x = Tensor.Normal([2, 1, 16, 16], rng: new Rng(1));
        List<string> drops = [];
        using (
            OperatorObserver.Observe(
                (op, _) =>
                {
                    if (op.Owner is DropPath drop)
                    {
                        drops.Add(drop.Path);
                    }
                }
            )
        )
        {
            model.Forward(x);
            Assert.NotEmpty(drops);
            Assert.All(drops, path => Assert.EndsWith("stochastic_depth", path, StringComparison.Ordinal));
            drops.Clear();
            model.Eval().Forward(x);
            Assert.Empty(drops);
        }
    }

    // 1 + sum of (kernel - 1) times the stride before it, over the paper's table 1; squeezes only weigh channels.
    [Theory]
    [InlineData("efficientnet_b0", 851, 425)]
    public void Forward_LastMap_HasThePublishedReceptiveField(string text, int field, int padding) =>
        MeasuredField.AssertIs(text, ["features"], 32, field, padding);

    [Theory]
    [InlineData("efficientnet_b0(width=0.1)", 2, 24)]
    [InlineData("efficientnet_b0(width=0.1,stem=small)", 2, 28)]
    [InlineData("efficientnet_b0(width=0.1)", 1, 64)]
    [InlineData("efficientnet_b1(width=0.1,stem=small)", 3, 9)]
    [InlineData("efficientnet_v2_s(width=0.1)", 2, 24)]
    [InlineData("efficientnet_v2_s(width=0.1,stem=small)", 1, 64)]
    public void Forward_SmallForms_GiveFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Constructor_UnknownVersion_ListsTheVersions()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new EfficientNet("b8", 3, 10));
        Assert.Contains(
            "EfficientNet: version must be one of b0, b1, b2, b3, b4, b5, b6, b7, v2_s, v2_m, v2_l, got 'b8'.",
            error.Message,
            StringComparison.Ordinal
        );
    }
}
