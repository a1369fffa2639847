namespace Fovea.Kernels;

/// <summary>One axis of a resampling: each output position is a weighted mean of two neighbouring input
/// positions.</summary>
/// <param name="In">Input size.</param>
/// <param name="First">For each output position the first input position.</param>
/// <param name="Second">And the second; the same where one is enough.</param>
/// <param name="Weight">The weight of the second, 0 to below 1; the first has the rest.</param>
internal sealed record ResampleAxis(int In, int[] First, int[] Second, double[] Weight)
{
    /// <summary>An axis that is not there.</summary>
    public static readonly ResampleAxis None = Nearest(1, 1, new Ratio(1, 1));

    /// <summary>Output size.</summary>
    public int Out => First.Length;

    /// <summary>The input position at or before each output position: floor(o * step), in whole numbers.</summary>
    /// <param name="size">Input size.</param>
    /// <param name="outputs">Output size.</param>
    /// <param name="step">Input positions for one output position.</param>
    public static ResampleAxis Nearest(int size, int outputs, Ratio step)
    {
        int[] sources = new int[outputs];
        for (int o = 0; o < outputs; o++)
        {
            sources[o] = (int)Math.Min(step.FloorOf(o), size - 1);
        }

        return new ResampleAxis(size, sources, sources, new double[outputs]);
    }

    /// <summary>Linear interpolation, as PyTorch's: corners aligned, o * (in - 1) / (out - 1); else centres aligned, (o
    /// + 1/2) * step - 1/2, not below 0. In whole numbers, so a position that lands on an input position reads that
    /// one alone.</summary>
    /// <param name="size">Input size.</param>
    /// <param name="outputs">Output size.</param>
    /// <param name="step">Input positions for one output position; not used with aligned corners.</param>
    /// <param name="alignCorners">Whether the centres of the first and the last positions of input and output
    /// coincide.</param>
    public static ResampleAxis Linear(int size, int outputs, Ratio step, bool alignCorners)
    {
        int[] first = new int[outputs],
            second = new int[outputs];
        double[] weight = new double[outputs];
        Int128 denominator = alignCorners ? Math.Max(1, outputs - 1) : 2 * step.Denominator;
        for (int o = 0; o < outputs; o++)
        {
            Int128 numerator = alignCorners
                ? (long)o * (size - 1)
                : Int128.Max(0, (((2L * o) + 1) * step.Numerator) - step.Denominator);
            (Int128 whole, Int128 left) = Int128.DivRem(numerator, denominator);
            first[o] = (int)Int128.Min(whole, size - 1);
            second[o] = Math.Min(first[o] + 1, size - 1);
            weight[o] = second[o] == first[o] ? 0.0 : (double)left / (double)denominator;
        }

        return new ResampleAxis(size, first, second, weight);
    }
}
