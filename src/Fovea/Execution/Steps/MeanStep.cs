using Fovea.Kernels;

namespace Fovea;

/// <summary>The mean of each channel of a map, of the sums of its rows where the step that writes the map leaves
/// them.</summary>
internal sealed unsafe class MeanStep(StepBinding binding, int divisor) : ItemStep(binding)
{
    private readonly NetworkBuffer? _sums = binding.RowSumsOf(binding.Step.Inputs[0]);

    /// <inheritdoc/>
    public override int Jobs(int threads) =>
        _sums is not null || Input.Layout.Item * Batch < SmallOutput || Batch >= threads ? Batch : Batch * threads;

    /// <inheritdoc/>
    public override string ToString() => $"{base.ToString()}{(_sums is null ? "" : ", of sums of rows")}";

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts)
    {
        (int first, int end) = WorkerPool.Share(Output.Layout.Blocks, part, parts);
        if (_sums is null)
        {
            BlockedMeans.Of(Input.Layout, Input.At(arena, item), divisor, Output.Layout, y, first, end, CpuTier.Bits);
        }
        else
        {
            BlockedMeans.OfSums(
                _sums.At(arena, item),
                _sums.Layout.Plane,
                Input.Layout.Rows,
                divisor,
                Output.Layout,
                y,
                first,
                end,
                CpuTier.Bits
            );
        }
    }
}
