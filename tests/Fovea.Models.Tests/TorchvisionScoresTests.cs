using System.Text;
using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>Scores of whole networks in evaluation against torchvision's, with the same weights and input; see
/// tests/golden/torchvision_scores.py.</summary>
public sealed class TorchvisionScoresTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(TestData.Root, "tests", "golden", "torchvision_scores.json")))
        .RootElement;

    [Theory]
    [InlineData("alexnet(width=0.1)")]
    [InlineData("vgg11_bn(width=0.1)")]
    [InlineData("squeezenet1_0")]
    [InlineData("squeezenet1_1")]
    [InlineData("densenet121")]
    [InlineData("googlenet")]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("resnext50_32x4d")]
    [InlineData("mnasnet1_0")]
    [InlineData("shufflenet_v2_x1_0")]
    [InlineData("regnet_x_400mf")]
    [InlineData("regnet_y_400mf")]
    public void Forward_SameWeights_GivesTorchvisionsScores(string text)
    {
        Module model = ModelRegistry.Create(text).Model.Eval();
        foreach ((string name, Tensor tensor) in model.StateDict())
        {
            Fill(name, tensor);
        }

        float[] scores = NoGrad
            .Run(() => model.Forward(Tensor.From<float>(Values("input", 3 * 75 * 67, 1.0, 0.0), [1, 3, 75, 67])))
            .ToArray();
        JsonElement golden = Golden.GetProperty(text);
        double largest = golden.GetProperty("max").GetDouble();
        double[] expected = [.. golden.GetProperty("first").EnumerateArray().Select(e => e.GetDouble())];

        // Single precision through up to 120 layers, against double: 1e-4 of the largest score.
        Assert.True(
            Math.Abs(scores.Max(Math.Abs) - largest) <= 1e-4 * largest,
            $"{text}: the largest score is {scores.Max(Math.Abs)}, in torchvision {largest}"
        );
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(scores[i] - expected[i]) <= 1e-4 * largest,
                $"{text}: score {i} is {scores[i]}, in torchvision {expected[i]}; the largest is {largest}"
            );
        }
    }

    private static void Fill(string name, Tensor tensor)
    {
        (double scale, double shift) =
            tensor.Rank > 1 ? (Math.Sqrt(6.0 / (tensor.Shape.Count / tensor.Shape[0])), 0.0)
            : name.EndsWith("weight", StringComparison.Ordinal)
            || name.EndsWith("running_var", StringComparison.Ordinal)
                ? (0.5, 1.0)
            : (0.2, 0.0);
        if (tensor.Rank > 0)
        {
            tensor.CopyFrom(Tensor.From<float>(Values(name, (int)tensor.Shape.Count, scale, shift), tensor.Shape));
        }
    }

    private static float[] Values(string name, int count, double scale, double shift)
    {
        uint seed = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ b) * 16777619;
        }

        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            uint x = ((uint)i * 2654435761) + seed;
            x ^= x >> 16;
            x *= 0x7FEB352D;
            x ^= x >> 15;
            x *= 0x846CA68B;
            x ^= x >> 16;
            values[i] = (float)((scale * ((x / 2147483648.0) - 1.0)) + shift);
        }

        return values;
    }
}
