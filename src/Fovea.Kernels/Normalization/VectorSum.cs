using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Sums over long runs, fast and accurate: vectors of the element type over blocks of <see cref="Block"/>
/// values, blocks added in double.</summary>
/// <remarks>
/// The order of the additions depends on the length alone, not on the address. Products and sums are rounded
/// separately (no fused operations), so lanes and tails agree. What leaves the range of floats on the way is summed
/// anew in double (<c>VectorSum.Exact.cs</c>); ordinary sums are not touched by that.
/// </remarks>
internal static unsafe partial class VectorSum<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Values added in the element type before the sum goes to double: at most 128 roundings a lane with 8
    /// floats and 4 accumulators.</summary>
    public const int Block = 4096;

    /// <summary>The sum of x.</summary>
    public static double Of(T* x, long count)
    {
        double sum = 0.0;
        for (long start = 0; start < count; start += Block)
        {
            sum += double.CreateTruncating(OfBlock(x + start, (int)Math.Min(Block, count - start)));
        }

        return IsWithin(sum) ? sum : ExactSum(x, count);
    }

    /// <summary>The sum of at most <see cref="Block"/> values.</summary>
    public static T OfBlock(T* x, int count)
    {
        int width = Vector<T>.Count,
            i = 0;
        Vector<T> a = default,
            b = default,
            c = default,
            d = default;
        for (; i <= count - (4 * width); i += 4 * width)
        {
            a += Vector.Load(x + i);
            b += Vector.Load(x + i + width);
            c += Vector.Load(x + i + (2 * width));
            d += Vector.Load(x + i + (3 * width));
        }

        for (; i <= count - width; i += width)
        {
            a += Vector.Load(x + i);
        }

        T sum = Vector.Sum(a + b + (c + d));
        for (; i < count; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    /// <summary>The sum of x - center and of (x - center)^2, of at most <see cref="Block"/> values.</summary>
    public static (T Sum, T Squares) DeviationsOfBlock(T* x, int count, T center)
    {
        int width = Vector<T>.Count,
            i = 0;
        Vector<T> m = Vector.Create(center),
            s = default,
            s2 = default,
            a = default,
            b = default;
        for (; i <= count - (2 * width); i += 2 * width)
        {
            Vector<T> u = Vector.Load(x + i) - m,
                v = Vector.Load(x + i + width) - m;
            s += u;
            s2 += v;
            a += u * u;
            b += v * v;
        }

        T sum = Vector.Sum(s + s2),
            squares = Vector.Sum(a + b);
        for (; i < count; i++)
        {
            T u = x[i] - center;
            sum += u;
            squares += u * u;
        }

        return (sum, squares);
    }

    /// <summary>The sum of g and of g * (x - center).</summary>
    public static (double Sum, double Product) WithProduct(T* g, T* x, long count, T center)
    {
        double sum = 0.0,
            product = 0.0;
        for (long start = 0; start < count; start += Block)
        {
            (T s, T p) = WithProductOfBlock(g + start, x + start, (int)Math.Min(Block, count - start), center);
            sum += double.CreateTruncating(s);
            product += double.CreateTruncating(p);
        }

        return (sum, product);
    }

    private static (T Sum, T Product) WithProductOfBlock(T* g, T* x, int count, T center)
    {
        int width = Vector<T>.Count,
            i = 0;
        Vector<T> m = Vector.Create(center),
            s = default,
            s2 = default,
            p = default,
            p2 = default;
        for (; i <= count - (2 * width); i += 2 * width)
        {
            Vector<T> u = Vector.Load(g + i),
                v = Vector.Load(g + i + width);
            s += u;
            s2 += v;
            p += u * (Vector.Load(x + i) - m);
            p2 += v * (Vector.Load(x + i + width) - m);
        }

        T sum = Vector.Sum(s + s2),
            product = Vector.Sum(p + p2);
        for (; i < count; i++)
        {
            sum += g[i];
            product += g[i] * (x[i] - center);
        }

        return (sum, product);
    }
}
