using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Interop.Tests.PyTorch;

/// <summary>Checkpoints that PyTorch wrote, and what PyTorch says is in them: tests/golden/checkpoints.py.</summary>
internal static class GoldenCheckpoints
{
    private static readonly JsonElement Expected = JsonDocument
        .Parse(File.ReadAllText(PathOf("expected.json")))
        .RootElement;

    public static string PathOf(string name) => Path.Combine(TestData.Root, "tests", "golden", "checkpoints", name);

    /// <summary>Asserts that tensors are those of a file: names in order, shapes, and every value exactly.</summary>
    public static void Same(string name, IReadOnlyDictionary<string, Tensor> tensors)
    {
        JsonProperty[] expected = [.. Expected.GetProperty(name).EnumerateObject()];
        Assert.Equal(expected.Select(e => e.Name), tensors.Keys);
        foreach (JsonProperty one in expected)
        {
            Tensor tensor = tensors[one.Name];
            int[] shape = [.. one.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())];
            double[] values = [.. one.Value.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())];
            Assert.Equal((one.Name, Shape.Create(shape).ToString()), (one.Name, tensor.Shape.ToString()));
            Assert.Equal(values, tensor.To(DType.Float64).ToArray<double>());
        }
    }

    public static string Refusal(string name, string? state = null) =>
        Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(PathOf(name), state)).Message;
}
