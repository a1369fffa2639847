using Fovea.Graphs;
using TorchSharp;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Fovea.Peers.Torch;

/// <summary>libtorch's inference, with normalizations folded into convolutions.</summary>
internal sealed class TorchInference : Engine
{
    private readonly TorchGraph _graph;
    private readonly TorchTensor _x;

    public TorchInference(Graph graph, Tensor x, bool channelsLast)
        : base(TorchNames.Of(channelsLast), TorchNames.Planes)
    {
        _graph = new TorchGraph(graph, channelsLast);
        _x = _graph.Input(x);
    }

    /// <summary>One for each layout that images have; none for a network with operators that have no call here.</summary>
    /// <param name="graph">Traced in evaluation.</param>
    /// <param name="x">The input.</param>
    public static IReadOnlyList<TorchInference> All(Graph graph, Tensor x)
    {
        try
        {
            TorchInference planes = new(graph, x, channelsLast: false);
            planes.Run();
            return x.Rank == 4 ? [planes, new TorchInference(graph, x, channelsLast: true)] : [planes];
        }
        catch (NotSupportedException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public override void Use(int threads) => set_num_threads(threads);

    /// <inheritdoc/>
    public override void Run()
    {
        using IDisposable mode = inference_mode(true);
        using DisposeScope scope = NewDisposeScope();
        _graph.Forward(_x);
    }

    /// <inheritdoc/>
    public override float[] Result()
    {
        using IDisposable mode = inference_mode(true);
        using DisposeScope scope = NewDisposeScope();
        return _graph.Forward(_x).contiguous().data<float>().ToArray();
    }
}

/// <summary>libtorch's training step: forward, loss, backward, update.</summary>
internal sealed class TorchStep : Engine
{
    private readonly TorchGraph _graph;
    private readonly TorchTensor _x;
    private readonly TorchTensor _labels;
    private readonly optim.Optimizer _optimizer;

    public TorchStep(Graph graph, Tensor x, Tensor labels, bool channelsLast)
        : base(TorchNames.Of(channelsLast))
    {
        _graph = new TorchGraph(graph, channelsLast);
        _x = _graph.Input(x);
        _labels = tensor(labels.ToArray<long>());
        _optimizer = optim.SGD(_graph.Parameters, StepOptions.LearningRate, StepOptions.Momentum);
    }

    /// <inheritdoc/>
    public override void Use(int threads) => set_num_threads(threads);

    /// <inheritdoc/>
    public override void Run()
    {
        using DisposeScope scope = NewDisposeScope();
        Step();
    }

    /// <inheritdoc/>
    public override float[] Result()
    {
        using DisposeScope scope = NewDisposeScope();
        return [Step().item<float>()];
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _optimizer.Dispose();
        base.Dispose();
    }

    private TorchTensor Step()
    {
        _optimizer.zero_grad();
        TorchTensor loss = nn.functional.cross_entropy(_graph.Forward(_x), _labels);
        loss.backward();
        _optimizer.step();
        return loss;
    }
}

/// <summary>How the two layouts stand in the table.</summary>
internal static class TorchNames
{
    public const string Planes = "libtorch";
    public const string ChannelsLast = "libtorch, channels last";

    public static string Of(bool channelsLast) => channelsLast ? ChannelsLast : Planes;
}
