using Fovea.Kernels;

namespace Fovea;

/// <summary>The same elements in another layout; one job an item.</summary>
internal sealed unsafe class ViewStep(StepBinding binding) : ItemStep(binding)
{
    /// <inheritdoc/>
    public override int Jobs(int threads) => base.Jobs(1);

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts)
    {
        using Scratch plain = new((long)Input.Layout.Channels * Input.Layout.Rows * Input.Layout.Width);
        BlockedMaps.ToPlanes(Input.Layout, Input.At(arena, item), plain.Pointer);
        BlockedMaps.FromPlanes(plain.Pointer, Output.Layout, y);
    }
}
