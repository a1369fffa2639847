using Fovea.Graphs;
using Fovea.Kernels;
using Fovea.Losses;

namespace Fovea.Peers;

/// <summary>Fovea's compiled inference.</summary>
internal sealed class FoveaInference(Module module, Tensor x) : Engine("Fovea")
{
    private readonly CompiledNetwork _network = module.Compile(Shape.Create(x.Shape.Sizes[1..]));

    /// <inheritdoc/>
    public override void Use(int threads) => WorkerPool.Threads = threads;

    /// <inheritdoc/>
    public override void Run() => _network.Run(x);

    /// <inheritdoc/>
    public override float[] Result() => _network.Run(x).ToArray();
}

/// <summary>Fovea's training step: forward, loss, backward, update; compiled, or layer by layer.</summary>
internal sealed class FoveaStep : Engine
{
    private readonly Module _module;
    private readonly Tensor _x;
    private readonly Tensor _labels;
    private readonly SGD _optimizer;
    private readonly CrossEntropy _loss = new();
    private readonly CompiledTrainingStep? _compiled;

    public FoveaStep(Module module, Tensor x, Tensor labels, bool isCompiled)
        : base(isCompiled ? "Fovea" : "Fovea, eager")
    {
        (_module, _x, _labels) = (module, x, labels);
        PeerNetwork.Learning(module);
        _optimizer = new SGD(module, StepOptions.LearningRate, StepOptions.Momentum);
        _compiled = isCompiled
            ? new CompiledTrainingStep(
                TrainingGraph.Of(
                    module,
                    [GraphInput.OfItems("x", Shape.Create(x.Shape.Sizes[1..]))],
                    [GraphInput.OfItems("labels", [], DType.Int64)],
                    (y, t) => _loss.Forward(y[0], t[0]),
                    new TrainingGraphOptions { KeepsModes = true }
                )
            )
            : null;
    }

    /// <inheritdoc/>
    public override void Use(int threads) => WorkerPool.Threads = threads;

    /// <inheritdoc/>
    public override void Run() => Step();

    /// <inheritdoc/>
    public override float[] Result() => [(float)Step().Item()];

    private Tensor Step()
    {
        Tensor loss;
        if (_compiled is not null)
        {
            loss = _compiled.Run([_x], [_labels]).Loss;
        }
        else
        {
            loss = _loss.Forward(_module.Forward(_x), _labels);
            loss.Backward();
        }

        _optimizer.Step();
        _optimizer.ZeroGrad();
        return loss;
    }
}

/// <summary>How all sides learn.</summary>
internal static class StepOptions
{
    public const double LearningRate = 0.001;
    public const double Momentum = 0.9;
}
