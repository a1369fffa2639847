using Fovea.Kernels;

namespace Fovea;

/// <summary>The mean of each channel of a map, of the sums of its rows where what wrote the map left them.</summary>
internal sealed unsafe class MeanRunner(
    int batch,
    NetworkBuffer input,
    NetworkBuffer? sums,
    int divisor,
    NetworkBuffer output,
    FusedStep step
) : ItemRunner(batch, output)
{
    /// <inheritdoc/>
    public override int Jobs(int threads) =>
        sums is not null || input.Layout.Item * Batch < SmallOutput || Batch >= threads ? Batch : Batch * threads;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{step.Node.Name}: {step.Node.Operator.Name}{(sums is null ? "" : ", of sums of rows")}";

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        (int first, int end) = WorkerPool.Share(Output.Layout.Blocks, part, parts);
        if (sums is null)
        {
            BlockedMeans.Of(input.Layout, At(arena, input, item), divisor, Output.Layout, y, first, end, CpuTier.Bits);
        }
        else
        {
            BlockedMeans.OfSums(
                At(arena, sums, item),
                sums.Layout.Plane,
                input.Layout.Rows,
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
