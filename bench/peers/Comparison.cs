using Fovea.Graphs;
using Fovea.Models;
using Fovea.Peers.Onnx;
using Fovea.Peers.Torch;

namespace Fovea.Peers;

/// <summary>The engines of one row, with equal weights and equal input.</summary>
internal sealed class Comparison : IDisposable
{
    /// <summary>How far results may differ: as a part of the largest output, or of the loss.</summary>
    public const double Tolerance = 1e-4;

    private const double UpdateTolerance = 0.03;

    /// <summary>Classes of a training step.</summary>
    public const int Classes = 1000;

    private readonly bool _isTraining;

    private Comparison(Case row, bool isTraining, IReadOnlyList<Engine> engines) =>
        (Row, _isTraining, Engines) = (row, isTraining, engines);

    /// <summary>What is compared.</summary>
    public Case Row { get; }

    /// <summary>Fovea first.</summary>
    public IReadOnlyList<Engine> Engines { get; }

    /// <summary>The largest difference of a peer's result from Fovea's, as a part of Fovea's largest: of the outputs, or of
    /// the loss before an update. 0 until checked.</summary>
    public double Difference { get; private set; }

    /// <summary>The largest difference of a peer's loss after one update from Fovea's, as a part of it; 0 until checked.</summary>
    public double AfterUpdate { get; private set; }

    /// <summary>Makes the engines.</summary>
    public static Comparison Create(Case row, PeerOptions options)
    {
        Module module = options.IsTraining
            ? ModelRegistry.Create(row.Network, row.Item, Classes)
            : PeerNetwork.Create(row.Network, row.Item);
        Tensor x = Tensor.Normal(Shape.Create([row.Batch, .. row.Item.Sizes]), rng: new Rng(2));
        Graph graph = Graph.Trace(module, row.Item, options.IsTraining);
        if (!options.IsTraining)
        {
            IEnumerable<Engine> torch = options.HasTorch ? TorchInference.All(graph, x) : [];
            return new(
                row,
                isTraining: false,
                [new FoveaInference(module, x), new OnnxRuntimeInference(graph, x, row.Threads), .. torch]
            );
        }

        Tensor labels = LabelsOf(row);
        return new(
            row,
            isTraining: true,
            [
                new FoveaStep(module, x, labels, isCompiled: true),
                new TorchStep(graph, x, labels, channelsLast: false),
                new TorchStep(graph, x, labels, channelsLast: true),
            ]
        );
    }

    /// <summary>The labels of a training step.</summary>
    public static Tensor LabelsOf(Case row) =>
        Tensor.From<long>([.. Enumerable.Range(0, row.Batch).Select(i => (long)(i * 37 % Classes))], [row.Batch]);

    /// <summary>Compares results.</summary>
    /// <remarks>Of a training step, the loss after the update is compared too, and how far it differs is said by
    /// <see cref="AfterUpdate"/>. Networks of many layers with new weights magnify rounding there some thousand times:
    /// libtorch's two layouts, which differ in rounding alone, give losses 2 % apart with ResNet-50.</remarks>
    /// <exception cref="InvalidOperationException">They differ by more than the tolerance, or one is not finite.</exception>
    public void Check()
    {
        Difference = Require(Results(), Tolerance, _isTraining ? "the loss" : "the output");
        if (_isTraining)
        {
            AfterUpdate = Require(Results(), UpdateTolerance, "the loss after an update");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Engine engine in Engines)
        {
            engine.Dispose();
        }
    }

    private float[][] Results() =>
        [
            .. Engines.Select(engine =>
            {
                engine.Use(Row.Threads);
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
                        $"{Row.Network}: {what} of {Engines[i].Name} differs from Fovea's by {difference:E1} of the largest, more than {tolerance:E1}."
                    )
                );
            }
        }

        return worst;
    }
}
