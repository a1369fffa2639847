using System.Globalization;
using System.Runtime.InteropServices;
using Fovea.Kernels;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>A training step of every network of the zoo, as a graph, has the bits of the eager one.</summary>
public sealed class TrainingGraphZooTests
{
    // Ten is what the bar asks for; FOVEA_STEPS raises or lowers it for longer proofs.
    private static readonly int Steps = int.Parse(
        Environment.GetEnvironmentVariable("FOVEA_STEPS") ?? "10",
        CultureInfo.InvariantCulture
    );

    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_TenSteps_EqualEagerOnes(string name)
    {
        ModelEntry entry = ModelRegistry.Find(name).Entry;
        (string text, Shape item) = ZooSteps.Small(name, entry);
        Module eager = ModelRegistry.Create(text, item).Model,
            graph = ModelRegistry.Create(text, item).Model;
        eager.Initialize(1);
        graph.Initialize(1);
        SGD first = new(eager, 0.01, momentum: 0.9),
            second = new(graph, 0.01, momentum: 0.9);
        TrainingGraph step = ZooSteps.OfClasses(graph, item);
        CrossEntropy loss = new(labelSmoothing: 0.1);
        for (int i = 0; i < Steps; i++)
        {
            Tensor x = Tensor.Normal(Shape.Create([2, .. item.Sizes]), rng: new Rng((ulong)i)),
                labels = Tensor.From<long>([i % 7, (i + 3) % 7], [2]);
            first.ZeroGrad();
            Tensor expected = loss.Forward(eager.Forward(x), labels);
            expected.Backward();
            Tensor actual = step.Run([x], [labels]).Loss;
            Assert.True(
                HaveEqualBits(expected, actual),
                $"{text}, step {i}: the loss is {actual} instead of {expected}"
            );
            RequireEqualGradients(eager, graph, $"{text}, step {i}");
            first.Step();
            second.Step();
        }

        IReadOnlyDictionary<string, Tensor> own = graph.StateDict();
        foreach ((string path, Tensor tensor) in eager.StateDict())
        {
            Assert.True(HaveEqualBits(tensor, own[path]), $"{text}: {path} differs after {Steps} steps");
        }
    }

    [Theory]
    [InlineData("small_cnn")]
    [InlineData("resnet20")]
    [InlineData("mobilenet_v2")]
    public void Listing_OfAStep_IsAsItWas(string name)
    {
        (string text, Shape item) = ZooSteps.Small(name, ModelRegistry.Find(name).Entry);
        Module model = ModelRegistry.Create(text, item).Model;
        string listing = $"{text} {item}\n\n{ZooSteps.OfClasses(model, item).Graph.ToListing()}",
            file = Path.Combine(TestData.Root, "tests", "golden", "steps", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("FOVEA_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(file, listing);
        }

        Assert.Equal(File.ReadAllText(file), listing);
    }

    /// <summary>Compares the bits where they lie: copies of all gradients in every step took a sixth of the processor
    /// time.</summary>
    private static bool HaveEqualBits(Tensor a, Tensor b) => a.DType == b.DType && Bits(a).SequenceEqual(Bits(b));

    private static ReadOnlySpan<byte> Bits(Tensor tensor) =>
        tensor.DType == DType.Int64
            ? MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<long>())
            : MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<float>());

    private static void RequireEqualGradients(Module expected, Module actual, string what)
    {
        foreach (
            ((string path, Parameter a), (_, Parameter b)) in expected.NamedParameters().Zip(actual.NamedParameters())
        )
        {
            Assert.True((a.Grad is null) == (b.Grad is null), $"{what}: {path} has a gradient in one way");
            Assert.True(a.Grad is null || HaveEqualBits(a.Grad, b.Grad!), $"{what}: the gradient of {path} differs");
        }
    }
}
