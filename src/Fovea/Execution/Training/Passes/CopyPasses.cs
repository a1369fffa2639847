using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A tensor laid out as maps.</summary>
internal sealed unsafe class ToMapPass(MapKey key, TrainingBinding binding) : TrainingPass
{
    private readonly NetworkBuffer _to = binding[key];
    private readonly int _batch = binding.Batch;
    private Tensor? _from;

    /// <inheritdoc/>
    public override int Jobs(int threads) => _batch;

    /// <inheritdoc/>
    public override void Begin(TrainingRun run) => _from = run.Get(key.Value);

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs) => ItemCopy.WriteItem(_from!, job, arena, _to, job);

    /// <inheritdoc/>
    public override void End(TrainingRun run) => _from = null;

    /// <inheritdoc/>
    public override string ToString() => $"{key.Value.Name}: to maps of {key.Lanes} lanes";
}

/// <summary>Maps copied to a tensor.</summary>
internal sealed unsafe class ToTensorPass(Value value, TrainingBinding binding) : TrainingPass
{
    private readonly NetworkBuffer _from = binding[value];
    private readonly int _batch = binding.Batch;
    private Tensor? _to;

    /// <inheritdoc/>
    public override int Jobs(int threads) => _batch;

    /// <inheritdoc/>
    public override void Begin(TrainingRun run) => _to = Tensor.Uninitialized(value.Shape.At(_batch), DType.Float32);

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs) => ItemCopy.ReadItem(arena, _from, job, _to!, job);

    /// <inheritdoc/>
    public override void End(TrainingRun run)
    {
        run.Set(value, _to!);
        _to = null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{value.Name}: to a tensor";
}

/// <summary>A value shown to who asked for it.</summary>
internal sealed unsafe class ShowPass(Value value) : TrainingPass
{
    /// <inheritdoc/>
    public override int Jobs(int threads) => 0;

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs) { }

    /// <inheritdoc/>
    public override void End(TrainingRun run) => run.See?.Invoke(value, run.Get(value));

    /// <inheritdoc/>
    public override string ToString() => $"{value.Name}: shown";
}

/// <summary>A node run by its operator's own kernels, on tensors.</summary>
internal sealed unsafe class EagerPass(Node node, TrainingBinding binding) : TrainingPass
{
    private readonly Operator _operator = node.Operator.At(binding.Batch);
    private readonly bool[] _wants = [.. node.Outputs.Select(binding.IsWanted)];

    /// <inheritdoc/>
    public override int Jobs(int threads) => 0;

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs) { }

    /// <inheritdoc/>
    public override void End(TrainingRun run)
    {
        Tensor?[] results = _operator.Execute([.. node.Inputs.Select(run.Get)], _wants);
        for (int j = 0; j < results.Length; j++)
        {
            if (results[j] is { } result)
            {
                run.Set(node.Outputs[j], result);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{node.Name}: {node.Operator.Name}, eager";
}
