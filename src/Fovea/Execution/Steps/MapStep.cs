using Fovea.Kernels;

namespace Fovea;

/// <summary>A function of each element.</summary>
internal sealed unsafe class MapStep(StepBinding binding, ElementMap map) : ItemStep(binding)
{
    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts) =>
        BlockedMaps.Map(map, Input.Layout, Input.At(arena, item), Output.Layout, y, PartOf(part, parts));
}
