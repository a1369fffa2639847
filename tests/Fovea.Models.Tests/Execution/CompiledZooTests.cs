namespace Fovea.Models.Tests;

/// <summary>Every network of the zoo, compiled, gives what it gives eagerly.</summary>
[Collection("threads")]
public sealed class CompiledZooTests
{
    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EveryModel_GivesTheEagerScores(string name)
    {
        ModelEntry entry = ModelRegistry.Find(name).Entry;
        bool slim = name == "resnet200";
        string text = entry.Arguments.Contains("width")
            ? $"{name}(width=0.25,classes=7{(slim ? ",variant=slim" : "")})"
            : $"{name}(classes=7)";
        int side =
            entry.SpatialRank == 1 ? 96
            : name == "alexnet" ? 95
            : 70;
        Shape item = Shape.Create([entry.Input[0], .. Enumerable.Repeat(side, entry.SpatialRank)]);
        Module model = CompiledAgreement.WithStatistics(ModelRegistry.Create(text, item).Model);
        Tensor x = Tensor.Normal(Shape.Create([2, .. item.Sizes]), rng: new Rng(5));
        float[] expected = CompiledAgreement.Eager(model, x);
        foreach (
            (Precision precision, double bound) in new[]
            {
                (Precision.Strict, 1e-4),
                (Precision.Default, CompiledAgreement.Bound),
            }
        )
        {
            CompiledNetwork network = model.Compile(item, precision);
            CompiledAgreement.AssertNear($"{text}, {precision}", expected, network.Run(x).ToArray(), bound);
            Assert.DoesNotContain(
                network.Steps(2),
                s => s.Contains("eager", StringComparison.Ordinal) && !MayBeEager(name, s)
            );
        }
    }

    [Theory]
    [InlineData("resnet18(width=0.25,dims=1)", 1, 200)]
    [InlineData("resnet18(width=0.25,dims=3,stem=small)", 3, 12)]
    [InlineData("mobilenet_v3_small(width=0.5,dims=1)", 1, 100)]
    [InlineData("resnet20(shortcut=pad)", 2, 32)]
    [InlineData("mobilenet_v1(variant=slim,width=0.25)", 2, 65)]
    public void Run_OtherForms_GivesTheEagerScores(string text, int dims, int side)
    {
        Shape item = Shape.Create([3, .. Enumerable.Repeat(side, dims)]);
        Module model = CompiledAgreement.WithStatistics(ModelRegistry.Create(text, item).Model);
        Tensor x = Tensor.Normal(Shape.Create([3, .. item.Sizes]), rng: new Rng(6));
        CompiledAgreement.AssertNear(
            text,
            CompiledAgreement.Eager(model, x),
            model.Compile(item).Run(x).ToArray(),
            CompiledAgreement.Bound
        );
    }

    [Fact]
    public void Run_AnyNumberOfThreadsAndBatches_GivesTheSameBits()
    {
        Shape item = [3, 64, 64];
        CompiledNetwork network = CompiledAgreement
            .WithStatistics(ModelRegistry.Create("resnet18(width=0.5)", item).Model)
            .Compile(item, Precision.Strict);
        Tensor x = Tensor.Normal([5, 3, 64, 64], rng: new Rng(7));
        float[] one = CompiledAgreement.WithThreads(1, () => network.Run(x).ToArray());
        Assert.Equal(one, CompiledAgreement.WithThreads(2, () => network.Run(x).ToArray()));
        Assert.Equal(one, CompiledAgreement.WithThreads(3, () => network.Run(x).ToArray()));
        float[] single = CompiledAgreement.WithThreads(2, () => network.Run(x.Narrow(0, 3, 1)).ToArray());
        Assert.Equal(one[3000..4000], single);
    }

    [Fact]
    public void Run_WinogradOnAnyNumberOfThreads_GivesTheSameBits()
    {
        Shape item = [3, 64, 64];
        CompiledNetwork network = CompiledAgreement
            .WithStatistics(ModelRegistry.Create("vgg11_bn(stem=small)", item).Model)
            .Compile(item);
        Assert.Contains(network.Steps(), s => s.Contains("Winograd", StringComparison.Ordinal));
        Tensor x = Tensor.Normal([2, 3, 64, 64], rng: new Rng(8));
        float[] one = CompiledAgreement.WithThreads(1, () => network.Run(x).ToArray());
        Assert.Equal(one, CompiledAgreement.WithThreads(2, () => network.Run(x).ToArray()));
        Assert.Equal(one, CompiledAgreement.WithThreads(3, () => network.Run(x).ToArray()));
    }

    [Fact]
    public void Compile_GraphOfTraining_IsRefused()
    {
        Graph graph = Graph.Trace(ModelRegistry.Create("resnet20").Model, [3, 32, 32], training: true);
        Assert.Contains(
            "traced as in training",
            Assert.Throws<InvalidOperationException>(() => graph.Compile()).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "traced as in training",
            Assert.Throws<InvalidOperationException>(() => graph.Rewrite([3, 48, 48]).Compile()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Run_SeveralThreadsAtOnce_EachGetsItsOwnAnswer()
    {
        Shape item = [3, 32, 32];
        CompiledNetwork network = CompiledAgreement
            .WithStatistics(ModelRegistry.Create("resnet20", item).Model)
            .Compile(item);
        Tensor[] inputs =
        [
            .. Enumerable.Range(0, 8).Select(i => Tensor.Normal([1, 3, 32, 32], rng: new Rng((ulong)i))),
        ];
        float[][] expected = [.. inputs.Select(x => network.Run(x).ToArray())];
        float[][] found = new float[inputs.Length][];
        Parallel.For(0, inputs.Length, i => found[i] = network.Run(inputs[i]).ToArray());
        Assert.Equal(expected, found);
    }

    /// <summary>Steps that compiled execution leaves to the eager operators: convolutions in groups that are no whole blocks
    /// of channels, and channels that are cut and dealt out.</summary>
    private static bool MayBeEager(string name, string step) =>
        name.StartsWith(
            step.Contains("Conv2d", StringComparison.Ordinal) ? "regnet_" : "shufflenet_",
            StringComparison.Ordinal
        );
}
