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

    /// <summary>Why batches are learned layer by layer; null where they are not.</summary>
    public string? Reason { get; private set; } = isWanted ? null : "it was asked for";

    /// <summary>The compiled step for a batch; null where there is none.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public CompiledTrainingStep? For(Batch batch, int epoch)
    {
        if (Reason is not null)
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

    private string KeyOf(Batch batch) =>
        string.Concat([
            .. batch.AllInputs.Concat(batch.AllTargets).Select(t => $"{t.DType}{Shape.Create(t.Shape.Sizes[1..])};"),
            .. _modules.Select(m => m.IsTraining ? "1" : "0"),
            .. _parameters.Select(p => p.RequiresGrad ? "1" : "0"),
        ]);

    private sealed record Known(CompiledTrainingStep Step, string Listing, int Epoch);
}
