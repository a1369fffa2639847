namespace Fovea.Kernels;

/// <summary>How a window slides along one axis.</summary>
/// <param name="In">Input size.</param>
/// <param name="Kernel">Taps of the window.</param>
/// <param name="Stride">Step between windows.</param>
/// <param name="Dilation">Step between taps.</param>
/// <param name="PadBefore">Padding in front of the input.</param>
/// <param name="PadAfter">Padding behind the input; may exceed the asked-for padding by a partial last window of a pool
/// in ceil mode; negative where the end of the input is never read (a transposed convolution's output padding).</param>
internal readonly record struct WindowAxis(int In, int Kernel, int Stride, int Dilation, int PadBefore, int PadAfter)
{
    /// <summary>An axis that is not there: size 1, kernel 1.</summary>
    public static readonly WindowAxis None = new(1, 1, 1, 1, 0, 0);

    /// <summary>Input positions a window spans: (Kernel - 1) * Dilation + 1.</summary>
    public int Extent => ((Kernel - 1) * Dilation) + 1;

    /// <summary>Input with its padding.</summary>
    public int Padded => In + PadBefore + PadAfter;

    /// <summary>Number of windows: floor((Padded - Extent) / Stride) + 1.</summary>
    public int Out => ((Padded - Extent) / Stride) + 1;

    /// <summary>For each padded position the input position that stands there, or -1 for a zero.</summary>
    public int[] SourceMap(PaddingMode mode)
    {
        int[] map = new int[Padded];
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = Source(i - PadBefore, mode);
        }

        return map;
    }

    private int Source(int position, PaddingMode mode)
    {
        if ((uint)position < (uint)In)
        {
            return position;
        }

        return mode switch
        {
            PaddingMode.Reflect => position < 0 ? -position : (2 * (In - 1)) - position,
            PaddingMode.Replicate => position < 0 ? 0 : In - 1,
            PaddingMode.Circular => position < 0 ? position + In : position - In,
            _ => -1,
        };
    }
}
