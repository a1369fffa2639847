using Fovea.Kernels;

namespace Fovea;

/// <summary>A step that works on each item by itself, and on parts of items where there are fewer items than
/// threads.</summary>
internal abstract unsafe class ItemStep(StepBinding binding) : Step
{
    private readonly int _batch = binding.Batch;

    /// <summary>What the step does.</summary>
    protected FusedStep Does { get; } = binding.Step;

    /// <summary>Items in the batch.</summary>
    protected int Batch => _batch;

    /// <summary>What the step reads, the first of it.</summary>
    protected NetworkBuffer Input { get; } = binding.Input;

    /// <summary>Where the result goes.</summary>
    protected NetworkBuffer Output { get; } = binding.Output;

    /// <inheritdoc/>
    public override int Jobs(int threads) =>
        Output.Layout.Item * _batch < SmallOutput || _batch >= threads ? _batch : _batch * threads;

    /// <inheritdoc/>
    public override string ToString() => $"{Does.Node.Name}: {Does.Node.Operator.Name}";

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        int parts = jobs / _batch,
            item = job / parts,
            part = job % parts;
        float* y = Output.At(arena, item);
        (int first, int end) = WorkerPool.Share(Output.Layout.Blocks, part, parts);
        BlockedMaps.ZeroHalo(Output.Layout, y, first, end);
        Run(arena, item, y, part, parts);
    }

    /// <summary>Runs a part of an item; the halo of the output is zero already.</summary>
    protected abstract void Run(byte* arena, int item, float* y, int part, int parts);

    /// <summary>A part of the output.</summary>
    protected MapPart PartOf(int part, int parts) => MapPart.Of(Output.Layout, part, parts);

    /// <summary>Applies the function that the step ends with to a part of the output, where it has one.</summary>
    protected void Finish(float* y, MapPart part)
    {
        if (Does.Map is not null)
        {
            BlockedMaps.Map(Does.Map, Output.Layout, y, Output.Layout, y, part);
        }
    }
}
