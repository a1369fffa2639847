namespace Fovea;

/// <summary>The inputs and outputs of an operator that its gradient rule reads: these are kept until the backward pass, and
/// nothing else is.</summary>
/// <param name="InputMask">Bit i stands for input i, 0 to 63.</param>
/// <param name="OutputMask">Bit j stands for output j, 0 to 63.</param>
public readonly record struct GradientReads(ulong InputMask, ulong OutputMask)
{
    /// <summary>Nothing: the gradient depends on the output's gradient and on shapes alone.</summary>
    public static GradientReads None => default;

    /// <summary>Some inputs.</summary>
    /// <param name="positions">Their positions, 0 to 63.</param>
    public static GradientReads Inputs(params ReadOnlySpan<int> positions) => new(Mask(positions), 0);

    /// <summary>Some outputs.</summary>
    /// <param name="positions">Their positions, 0 to 63.</param>
    public static GradientReads Outputs(params ReadOnlySpan<int> positions) => new(0, Mask(positions));

    /// <summary>Whether an input is read.</summary>
    /// <param name="position">Its position.</param>
    public bool Input(int position) => position < 64 && ((InputMask >> position) & 1) != 0;

    /// <summary>Whether an output is read.</summary>
    /// <param name="position">Its position.</param>
    public bool Output(int position) => position < 64 && ((OutputMask >> position) & 1) != 0;

    /// <summary>What either reads.</summary>
    public static GradientReads operator |(GradientReads left, GradientReads right) =>
        new(left.InputMask | right.InputMask, left.OutputMask | right.OutputMask);

    private static ulong Mask(ReadOnlySpan<int> positions)
    {
        ulong mask = 0;
        foreach (int position in positions)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(position, 0);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(position, 63);
            mask |= 1UL << position;
        }

        return mask;
    }
}
