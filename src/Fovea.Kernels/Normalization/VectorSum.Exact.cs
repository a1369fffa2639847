using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Sums in double, for floats whose sums or products are not floats.</summary>
internal static unsafe partial class VectorSum<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double LeastSquare = 1e-36; // a mean of squares; below, squares are subnormal floats or 0
    private const double LeastEpsilon = 1e-25; // what is added to such a mean hides it
    private const double LargestInverse = 1e12; // of a deviation; products of smaller ones may be subnormal floats

    /// <summary>Whether a sum of floats stayed within their range.</summary>
    public static bool IsWithin(double sum) => typeof(T) != typeof(float) || double.IsFinite(sum);

    /// <summary>Whether a sum of squares of floats stayed within their range, and is not so small that squares were
    /// lost and matter.</summary>
    /// <param name="squares">The sum.</param>
    /// <param name="count">Squares.</param>
    /// <param name="epsilon">What will be added to their mean.</param>
    public static bool IsWithin(double squares, long count, double epsilon) =>
        IsWithin(squares) && (typeof(T) != typeof(float) || epsilon >= LeastEpsilon || squares >= LeastSquare * count);

    /// <summary>Whether deviations are so small that their products may be lost.</summary>
    /// <param name="inverseDeviation">1 / sqrt(variance + epsilon).</param>
    public static bool AreSmall(double inverseDeviation) =>
        typeof(T) == typeof(float) && inverseDeviation > LargestInverse;

    /// <summary>The sum of x.</summary>
    public static double ExactSum(T* x, long count)
    {
        double sum = 0.0;
        for (long i = 0; i < count; i++)
        {
            sum += double.CreateTruncating(x[i]);
        }

        return sum;
    }

    /// <summary>The sum of x - center and of (x - center)^2.</summary>
    public static (double Sum, double Squares) ExactDeviations(T* x, int count, T center)
    {
        (double sum, double squares) = (0.0, 0.0);
        for (int i = 0; i < count; i++)
        {
            double u = double.CreateTruncating(x[i]) - double.CreateTruncating(center);
            sum += u;
            squares += u * u;
        }

        return (sum, squares);
    }

    /// <summary>The sum of g and of g * (x - center).</summary>
    public static (double Sum, double Product) ExactProduct(T* g, T* x, long count, T center)
    {
        (double sum, double product) = (0.0, 0.0);
        for (long i = 0; i < count; i++)
        {
            double value = double.CreateTruncating(g[i]);
            sum += value;
            product += value * (double.CreateTruncating(x[i]) - double.CreateTruncating(center));
        }

        return (sum, product);
    }
}
