using Fovea.Kernels;

namespace Fovea;

/// <summary>Factors and terms by channel, of a normalization or of a gate that the network computes; and
/// clamps.</summary>
internal sealed unsafe class ScaleStep : ItemStep
{
    private readonly NetworkBuffer? _gate;
    private readonly float[]? _scale;
    private readonly float[]? _shift;

    /// <summary>Makes the step.</summary>
    /// <param name="binding">What it is made from.</param>
    /// <param name="gate">Where the factors lie that the network computes; null for none.</param>
    /// <param name="scale">One factor a channel; null for ones.</param>
    /// <param name="shift">One term a channel; null for zeros.</param>
    public ScaleStep(StepBinding binding, NetworkBuffer? gate, double[]? scale, double[]? shift)
        : base(binding) => (_gate, _scale, _shift) = (gate, Filled(scale), Filled(shift));

    /// <inheritdoc/>
    public override string ToString() => $"{Does.Node.Name}: {(_gate is null ? "scale and shift" : "gate")}";

    /// <inheritdoc/>
    protected override void Run(byte* arena, int item, float* y, int part, int parts)
    {
        MapPart own = PartOf(part, parts);
        float* gates = stackalloc float[_gate is null ? 1 : Output.Layout.Blocks * TileCall.Block];
        _gate?.ReadPixel(arena, item, gates);
        fixed (
            float* scale = _scale,
                shift = _shift
        )
        {
            BlockedMaps.ScaleShift(
                Input.Layout,
                Input.At(arena, item),
                _gate is null ? scale : gates,
                shift,
                Output.Layout,
                y,
                Does.Low,
                Does.High,
                own,
                CpuTier.Bits
            );
        }

        Finish(y, own);
    }

    /// <summary>Rounds values, and fills them up with zeros to whole blocks.</summary>
    private static float[]? Filled(double[]? values)
    {
        if (values is null)
        {
            return null;
        }

        float[] filled = new float[(values.Length + TileCall.Block - 1) / TileCall.Block * TileCall.Block];
        for (int i = 0; i < values.Length; i++)
        {
            filled[i] = (float)values[i];
        }

        return filled;
    }
}
