using Fovea.Kernels;

namespace Fovea;

/// <summary>A pool.</summary>
internal sealed unsafe class PoolStep(StepBinding binding, PoolForm form) : ItemStep(binding)
{
    private readonly BlockedPooling _pool = new(
        form.Windows,
        form.Mean,
        form.Divisor,
        binding.Input.Layout,
        binding.Output.Layout,
        CpuTier.Bits
    );

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts) =>
        _pool.Run(Input.At(arena, item), y, PartOf(part, parts));
}
