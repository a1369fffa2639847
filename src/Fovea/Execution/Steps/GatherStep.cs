using Fovea.Kernels;

namespace Fovea;

/// <summary>Channels of some maps in a new order.</summary>
internal sealed unsafe class GatherStep : ItemStep
{
    private readonly NetworkBuffer[] _inputs;
    private readonly ChannelGather _gather;

    /// <summary>Makes it.</summary>
    /// <param name="binding">What it is made from.</param>
    /// <param name="channels">See <see cref="GatherForm"/>.</param>
    public GatherStep(StepBinding binding, int[] channels)
        : base(binding)
    {
        _inputs = [.. binding.Step.Inputs.Select(binding.BufferOf)];
        _gather = new([.. _inputs.Select(i => i.Layout)], Output.Layout, channels, CpuTier.Bits);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Does.Node.Name}: channels gathered";

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts)
    {
        Span<nint> x = stackalloc nint[_inputs.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (nint)_inputs[i].At(arena, item);
        }

        _gather.Run(x, y, PartOf(part, parts));
    }
}
