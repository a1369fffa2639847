using System.Numerics;
using System.Runtime.InteropServices;

namespace Fovea.Workbench;

/// <summary>Looks through numbers for those that are not finite.</summary>
internal static class ValueScan
{
    /// <summary>Whether all are finite.</summary>
    public static bool IsFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // x - x is 0 for finite numbers and NaN for all others.
        Vector<T> sum = Vector<T>.Zero;
        ref T first = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector<T>.Count <= values.Length; i += Vector<T>.Count)
        {
            Vector<T> x = Vector.LoadUnsafe(ref first, (nuint)i);
            sum += x - x;
        }

        T rest = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += values[i] - values[i];
        }

        return T.IsFinite(rest);
    }

    /// <summary>The lowest and the highest finite value; null where there is none, or they are whole numbers.</summary>
    public static ValueRange? Range(Tensor tensor) =>
        tensor.DType switch
        {
            DType.Float32 => Range(tensor.AsReadOnlySpan<float>()),
            DType.Float64 => Range(tensor.AsReadOnlySpan<double>()),
            _ => null,
        };

    private static ValueRange? Range<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (T low, T high) = (T.PositiveInfinity, T.NegativeInfinity);
        foreach (T value in values)
        {
            if (T.IsFinite(value))
            {
                (low, high) = (T.Min(low, value), T.Max(high, value));
            }
        }

        return low > high ? null : new ValueRange(double.CreateTruncating(low), double.CreateTruncating(high));
    }
}
