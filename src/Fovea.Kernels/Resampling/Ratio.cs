namespace Fovea.Kernels;

/// <summary>A positive fraction of whole numbers, so that a position which lands on a whole number does land on
/// it.</summary>
/// <param name="Numerator">1 or more.</param>
/// <param name="Denominator">1 or more.</param>
internal readonly record struct Ratio(Int128 Numerator, Int128 Denominator)
{
    private const int FractionBits = 52;
    private const int ExponentBias = 1075; // of a double whose fraction is read as a whole number

    /// <summary>The other way round.</summary>
    public Ratio Inverse => new(Denominator, Numerator);

    /// <summary>The largest whole number that is not above count times this.</summary>
    /// <param name="count">0 to 2^31.</param>
    public long FloorOf(long count) => (long)(count * Numerator / Denominator);

    /// <summary>The fraction that a double stands for: 1.1 for 11/10, 0.333... for 1/3.</summary>
    /// <remarks>The first convergent of its continued fraction that rounds to it (Khinchin: Continued fractions, 1964,
    /// section 2).</remarks>
    /// <param name="value">Between 2^-64 and 2^64.</param>
    public static Ratio Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> FractionBits) - ExponentBias;
        Int128 fraction = (bits & ((1L << FractionBits) - 1)) | (1L << FractionBits);
        Int128 rest = exponent > 0 ? fraction << exponent : fraction,
            divisor = exponent < 0 ? Int128.One << -exponent : Int128.One;
        Ratio before = new(0, 1),
            last = new(1, 0);
        while (last.Denominator == 0 || (double)last.Numerator / (double)last.Denominator != value)
        {
            (Int128 whole, Int128 left) = Int128.DivRem(rest, divisor);
            Ratio next = new(
                (whole * last.Numerator) + before.Numerator,
                (whole * last.Denominator) + before.Denominator
            );
            (before, last, rest, divisor) = (last, next, divisor, left);
        }

        return last;
    }
}
