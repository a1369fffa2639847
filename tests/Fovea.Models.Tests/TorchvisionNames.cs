using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>Names and shapes in the state of torchvision's models; see tests/golden/torchvision_names.py.</summary>
internal static class TorchvisionNames
{
    private static readonly string[] BufferNames = ["running_mean", "running_var", "num_batches_tracked"];

    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(TestData.Root, "tests", "golden", "torchvision_names.json")))
        .RootElement;

    /// <summary>Asserts that a model has torchvision's parameters, with names, shapes and order, and its buffers
    /// likewise.</summary>
    public static void AssertSame(string name, Module model)
    {
        string[] all = [.. Of(name)];
        Assert.NotEmpty(all);
        AssertSame(
            name,
            "parameter",
            [.. all.Where(e => !IsBuffer(e))],
            [.. model.NamedParameters().Select(p => Entry(p.Path, p.Parameter.Shape))]
        );
        AssertSame(
            name,
            "buffer",
            [.. all.Where(IsBuffer)],
            [.. model.NamedBuffers().Select(b => Entry(b.Path, b.Buffer.Shape))]
        );
    }

    /// <summary>The entries of a model's state in torchvision's order, e.g. <c>conv1.weight [64, 3, 7,
    /// 7]</c>.</summary>
    public static IEnumerable<string> Of(string name)
    {
        foreach (string line in Golden.GetProperty(name).GetString()!.Split('\n'))
        {
            string[] parts = line.Split(' ');
            foreach (string part in parts[1..])
            {
                string[] pair = part.Split(':');
                Shape shape = Shape.Create(
                    pair[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray()
                );
                (string Name, Shape Shape)[] entries =
                    pair[0] == "bn"
                        ?
                        [
                            ("weight", shape),
                            ("bias", shape),
                            ("running_mean", shape),
                            ("running_var", shape),
                            ("num_batches_tracked", []),
                        ]
                        : [(pair[0], shape)];
                foreach ((string entry, Shape size) in entries)
                {
                    yield return Entry($"{parts[0]}.{entry}", size);
                }
            }
        }
    }

    private static string Entry(string path, Shape shape) => $"{path} {shape}";

    private static bool IsBuffer(string entry) =>
        BufferNames.Any(b => entry.Contains($".{b} ", StringComparison.Ordinal));

    private static void AssertSame(string model, string kind, string[] expected, string[] actual)
    {
        for (int i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            string wanted = i < expected.Length ? expected[i] : "none",
                got = i < actual.Length ? actual[i] : "none";
            Assert.True(wanted == got, $"{model}: {kind} {i} is {got}, in torchvision {wanted}");
        }
    }
}
