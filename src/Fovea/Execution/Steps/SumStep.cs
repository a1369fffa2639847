using Fovea.Kernels;

namespace Fovea;

/// <summary>The sum of two maps.</summary>
internal sealed unsafe class SumStep(StepBinding binding) : ItemStep(binding)
{
    private readonly NetworkBuffer _second = binding.Second!;

    /// <inheritdoc/>
    public override string ToString() => $"{Does.Node.Name}: sum";

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts)
    {
        MapPart own = PartOf(part, parts);
        BlockedMaps.Add(
            Input.Layout,
            Input.At(arena, item),
            _second.Layout,
            _second.At(arena, item),
            Output.Layout,
            y,
            Does.Low,
            Does.High,
            own,
            CpuTier.Bits
        );
        Finish(y, own);
    }
}
