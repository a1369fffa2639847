using System.Globalization;
using System.Text;
using Fovea.Graphs;
using Fovea.Kernels;
using Fovea.Peers.Onnx;

namespace Fovea.Peers;

/// <summary>Where a network's time goes, layer by layer, by Fovea's steps and ONNX Runtime's nodes.</summary>
internal static class Layers
{
    private const int Runs = 5;

    /// <summary>A table of the layers by what Fovea takes longer, largest first.</summary>
    /// <remarks>Each time is the shortest of the rounds'. Engines fuse differently: what is added, activated or scaled
    /// behind a convolution may be a node of its own at one of them. Steps and nodes that have no counterpart of the same
    /// name stand with '-'.</remarks>
    public static IEnumerable<string> Of(Case row, int rounds)
    {
        Module module = PeerNetwork.Create(row.Network, row.Item);
        Tensor x = Tensor.Normal(Shape.Create([row.Batch, .. row.Item.Sizes]), rng: new Rng(2));
        Graph graph = Graph.Trace(module, row.Item);
        CompiledNetwork compiled = module.Compile(row.Item);
        WorkerPool.Threads = row.Threads;
        Dictionary<string, (string What, double Own)> own = [];
        Dictionary<string, (string What, double Peer)> peer = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach (StepTime step in compiled.Profile(x, Runs))
            {
                string name = step.Step.Split(':')[0].Trim();
                double least = own.TryGetValue(name, out (string, double Time) known) ? known.Time : double.MaxValue;
                own[name] = (step.Step[(step.Step.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), Math.Min(least, step.Milliseconds));
            }

            foreach ((string node, string type, double time) in OnnxRuntimeLayers.Measure(graph, x, row.Threads, Runs))
            {
                double least = peer.TryGetValue(node, out (string, double Time) known) ? known.Time : double.MaxValue;
                peer[node] = (type, Math.Min(least, time));
            }
        }

        foreach (var o in own) yield return FormattableString.Invariant($"F {o.Key} | {o.Value.What} | {o.Value.Own:F3}");
        foreach (var o in peer) yield return FormattableString.Invariant($"O {o.Key} | {o.Value.What} | {o.Value.Peer:F3}");
    }
}
