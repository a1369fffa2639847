using System.Text;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Compiles the training step of a session. Where that is not possible, batches are learned layer by layer.</summary>
/// <remarks>The step is traced anew where the modes of layers, what is frozen or the kind of targets change, and at every
/// epoch: where the trace differs from the one before it is compiled anew. Two traces in a row that differ belong to a network
/// that decides by itself what it computes, which is not compiled.</remarks>
/// <param name="model">The network.</param>
/// <param name="task">What is learned.</param>
/// <param name="isWanted">Whether to compile at all.</param>
internal sealed class StepCompiler(Module model, TrainingTask task, bool isWanted)
{
    private readonly Module[] _modules = [.. model.NamedModules().Select(m => m.Module)];
    private readonly IReadOnlyList<Parameter> _parameters = model.Parameters();
    private readonly Dictionary<string, Known> _steps = [];

    /// <summary>Why batches cannot be learned by a compiled step; null while they can, and where nobody asked for one.</summary>
    public string? Reason { get; private set; }

    /// <summary>The compiled step for a batch; null where there is none.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public CompiledTrainingStep? For(Batch batch, int epoch)
    {
        if (!isWanted || Reason is not null)
        {
            return null;
        }

        string key = KeyOf(batch);
        if (_steps.TryGetValue(key, out Known? known) && known.Epoch == epoch)
        {
            return known.Step;
        }

        try
        {
            TrainingGraph graph = Trace(batch);
            string listing = graph.Graph.ToListing();
            if (known?.Listing == listing)
            {
                _steps[key] = known with { Epoch = epoch };
                return known.Step;
            }

            if (Trace(batch).Graph.ToListing() != listing)
            {
                Reason = "it computes something else with each batch";
                return null;
            }

            Known made = new(new CompiledTrainingStep(graph), listing, epoch);
            _steps[key] = made;
            return made.Step;
        }
        catch (Exception e)
            when (e is InvalidOperationException or ArgumentException or ShapeException or NotSupportedException)
        {
            Reason = e.Message;
            return null;
        }
    }

    private TrainingGraph Trace(Batch batch)
    {
        if (_parameters.FirstOrDefault(p => p.DType != DType.Float32) is { } other)
        {
            throw new NotSupportedException($"its parameters are {other.DType}");
        }

        return BatchStep.Trace(model, task.LossOf, batch, new TrainingGraphOptions { KeepsModes = true });
    }

    /// <summary>What the trace depends on: kinds of inputs and targets, modes, and what is frozen.</summary>
    private string KeyOf(Batch batch)
    {
        StringBuilder key = new();
        foreach (Tensor tensor in batch.AllInputs.Concat(batch.AllTargets))
        {
            key.Append(tensor.DType).AppendJoin('x', tensor.Shape.Sizes[1..].ToArray()).Append(';');
        }

        foreach (Module module in _modules)
        {
            key.Append(module.IsTraining ? '1' : '0');
        }

        foreach (Parameter parameter in _parameters)
        {
            key.Append(parameter.RequiresGrad ? '1' : '0');
        }

        return key.ToString();
    }

    private sealed record Known(CompiledTrainingStep Step, string Listing, int Epoch);
}
