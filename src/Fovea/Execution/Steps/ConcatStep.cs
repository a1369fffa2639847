using Fovea.Kernels;

namespace Fovea;

/// <summary>Channels behind one another. Pieces that were not computed in place are copied, an item a job.</summary>
internal sealed unsafe class ConcatStep(StepBinding binding) : ItemStep(binding)
{
    private readonly (NetworkBuffer Input, int Channel)[] _copied =
    [
        .. binding.Concatenations.Copied(binding.Step).Select(c => (binding.BufferOf(c.Input), c.Channel)),
    ];

    /// <inheritdoc/>
    public override bool IsIdle => _copied.Length == 0;

    /// <inheritdoc/>
    public override int Jobs(int threads) => base.Jobs(1);

    /// <inheritdoc/>
    public override string ToString() => $"{Does.Node.Name}: concat";

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts)
    {
        foreach ((NetworkBuffer input, int channel) in _copied)
        {
            BlockedMaps.Append(input.Layout, input.At(arena, item), Output.Layout, y, channel, CpuTier.Bits);
        }
    }
}
