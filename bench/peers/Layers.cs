using System.Globalization;
using Fovea.Graphs;
using Fovea.Kernels;
using Fovea.Peers.Onnx;

namespace Fovea.Peers;

/// <summary>Where a network's time goes, by Fovea's steps and ONNX Runtime's nodes.</summary>
/// <remarks>The two fuse differently, so steps are not matched with nodes: both are listed, and what belongs together is
/// told by the layers' names, which both have from the network.</remarks>
internal static class Layers
{
    private const int Runs = 5,
        Listed = 15;

    /// <summary>Two tables in Markdown: the steps and the nodes that take longest.</summary>
    /// <param name="row">The network.</param>
    /// <param name="rounds">Rounds of five runs by each engine in turns, 1 or more. Of Fovea's steps the least median of a
    /// round stands, of ONNX Runtime's nodes the least time.</param>
    public static IEnumerable<string> Of(Case row, int rounds)
    {
        Module module = PeerNetwork.Create(row.Network, row.Item);
        Tensor x = Tensor.Normal(Shape.Create([row.Batch, .. row.Item.Sizes]), rng: new Rng(2));
        Graph graph = Graph.Trace(module, row.Item);
        CompiledNetwork compiled = module.Compile(row.Item);
        WorkerPool.Threads = row.Threads;
        Dictionary<string, double> own = [],
            peer = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach (StepTime step in compiled.Profile(x, Runs))
            {
                Keep(own, step.Step, step.Milliseconds);
            }

            foreach ((string node, string type, double time) in OnnxRuntimeLayers.Measure(graph, x, row.Threads, Runs))
            {
                Keep(peer, $"{node}: {type}", time);
            }
        }

        return [.. Table(row, "Fovea", own), "", .. Table(row, "ONNX Runtime", peer), ""];
    }

    private static void Keep(Dictionary<string, double> least, string layer, double time) =>
        least[layer] = Math.Min(least.GetValueOrDefault(layer, double.MaxValue), time);

    private static IEnumerable<string> Table(Case row, string engine, Dictionary<string, double> times) =>
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"| ms | {row.Network}, batch {row.Batch}, threads {row.Threads}: {engine}, {times.Values.Sum():F2} ms in all |"
            ),
            "|--:|---|",
            .. times
                .OrderByDescending(t => t.Value)
                .Take(Listed)
                .Select(t => string.Create(CultureInfo.InvariantCulture, $"| {t.Value:F3} | {t.Key} |")),
        ];
}
