using System.Text.Json;
using Fovea.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Fovea.Peers.Onnx;

/// <summary>What ONNX Runtime's own profile says about a network's nodes.</summary>
internal static class OnnxRuntimeLayers
{
    private const string Kernel = "_kernel_time";

    /// <summary>The shortest time of each node in milliseconds, in the order in which they run. Nodes have the names that
    /// the library's export gave them, where the runtime did not make new ones.</summary>
    /// <param name="graph">Traced in evaluation.</param>
    /// <param name="x">The input.</param>
    /// <param name="threads">Threads within an operator.</param>
    /// <param name="runs">How often it runs.</param>
    public static IReadOnlyList<(string Node, string Operator, double Milliseconds)> Measure(
        Graph graph,
        Tensor x,
        int threads,
        int runs
    )
    {
        string folder = Directory.CreateTempSubdirectory("fovea-peers-").FullName;
        try
        {
            using OnnxRuntimeInference engine = new(graph, x, threads, Path.Combine(folder, "profile"));
            for (int i = 0; i <= runs; i++)
            {
                engine.Run();
            }

            using FileStream stream = File.OpenRead(engine.EndProfile());
            using JsonDocument profile = JsonDocument.Parse(stream);
            return Read(profile.RootElement);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (string Node, string Operator, double Milliseconds)[] Read(JsonElement events) =>
        [
            .. events
                .EnumerateArray()
                .Where(e => e.GetProperty("name").GetString()!.EndsWith(Kernel, StringComparison.Ordinal))
                .GroupBy(e => e.GetProperty("name").GetString()![..^Kernel.Length])
                .Select(node =>
                    (
                        node.Key,
                        node.First().GetProperty("args").GetProperty("op_name").GetString()!,
                        node.Min(e => e.GetProperty("dur").GetDouble()) / 1000
                    )
                ),
        ];
}
