using Fovea.Graphs;
using Fovea.Models;
using Fovea.Peers.Onnx;
using Fovea.Peers.Torch;

namespace Fovea.Peers;

/// <summary>The engines over one network, with equal weights and equal input.</summary>
internal sealed class Comparison : IDisposable
{
    /// <summary>How far results may differ: as a part of the largest output, or of the loss.</summary>
    public const double Tolerance = 1e-4;

    private const double UpdateTolerance = 0.03;
    private const int Classes = 1000;

    private Comparison(string network, IReadOnlyList<Engine> engines) => (Network, Engines) = (network, engines);

    /// <summary>The network's name.</summary>
    public string Network { get; }

    /// <summary>Fovea first.</summary>
    public IReadOnlyList<Engine> Engines { get; }

    /// <summary>The largest difference of a peer's loss after one update from Fovea's, as a part of it; 0 until checked.</summary>
    public double AfterUpdate { get; private set; }

    /// <summary>Makes the engines.</summary>
    public static Comparison Create(string network, PeerOptions options)
    {
        (Shape item, int batch) = options.SizesOf(network);
        Module module = options.IsTraining ? ModelRegistry.Create(network, item, Classes) : PeerNetwork.Create(network);
        Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(2));
        Graph graph = Graph.Trace(module, item, options.IsTraining);
        if (options.IsTraining)
        {
            Tensor labels = Tensor.From<long>(
                [.. Enumerable.Range(0, batch).Select(i => (long)(i * 37 % Classes))],
                [batch]
            );
            return new(
                network,
                [
                    new FoveaStep(module, x, labels, isCompiled: true),
                    new TorchStep(graph, x, labels, channelsLast: false),
                    new TorchStep(graph, x, labels, channelsLast: true),
                ]
            );
        }

        return new(
            network,
            [
                new FoveaInference(module, x),
                new OnnxRuntimeInference(OnnxModel.Of(graph), x),
                new TorchInference(graph, x, channelsLast: false),
                new TorchInference(graph, x, channelsLast: true),
            ]
        );
    }

    /// <summary>The largest difference of a peer's result from Fovea's, as a part of Fovea's largest: of the outputs, or of
    /// the loss before an update.</summary>
    /// <remarks>Of a training step, the loss after the update is compared too, and how far it differs is said by
    /// <see cref="AfterUpdate"/>. Networks of many layers with new weights magnify rounding there some thousand times:
    /// libtorch's two layouts, which differ in rounding alone, give losses 2 % apart with ResNet-50.</remarks>
    /// <exception cref="InvalidOperationException">It is above the tolerance, or a result is not finite.</exception>
    public double Check(PeerOptions options)
    {
        float[][] first = Results(options);
        double worst = Require(first, Tolerance, options.IsTraining ? "the loss" : "the output");
        if (options.IsTraining)
        {
            AfterUpdate = Require(Results(options), UpdateTolerance, "the loss after an update");
        }

        return worst;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Engine engine in Engines)
        {
            engine.Dispose();
        }
    }

    private float[][] Results(PeerOptions options) =>
        [
            .. Engines.Select(engine =>
            {
                engine.Use(options.Threads);
                return engine.Result();
            }),
        ];

    private double Require(float[][] results, double tolerance, string what)
    {
        double scale = results[0].Max(Math.Abs),
            worst = 0;
        for (int i = 1; i < results.Length; i++)
        {
            double difference =
                results[i].Length == results[0].Length
                    ? results[0].Zip(results[i], (a, b) => (double)Math.Abs(a - b)).Max() / scale
                    : double.NaN;
            worst = Math.Max(worst, difference);
            if (!(difference <= tolerance))
            {
                throw new InvalidOperationException(
                    FormattableString.Invariant(
                        $"{Network}: {what} of {Engines[i].Name} differs from Fovea's by {difference:E1} of the largest, more than {tolerance:E1}."
                    )
                );
            }
        }

        return worst;
    }
}
