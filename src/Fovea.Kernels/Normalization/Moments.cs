using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Count, mean and sum of squared deviations of a set of values; two sets combine exactly.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Squares">The sum of (value - mean)^2.</param>
/// <remarks>Combination: Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing sample
/// variances, 1979. No cancellation, however far the mean lies from 0.</remarks>
internal readonly record struct Moments(long Count, double Mean, double Squares)
{
    /// <summary>The variance of the set itself: divided by the count.</summary>
    public double BiasedVariance => Count == 0 ? 0.0 : Squares / Count;

    /// <summary>The estimate for the population: divided by the count less 1. NaN for a single value.</summary>
    public double UnbiasedVariance => Squares / (Count - 1);

    /// <summary>The moments of both sets together.</summary>
    public Moments With(Moments other)
    {
        if (Count == 0 || other.Count == 0)
        {
            return Count == 0 ? other : this;
        }

        long count = Count + other.Count;
        double apart = other.Mean - Mean;
        return new Moments(
            count,
            Mean + (apart * ((double)other.Count / count)),
            Squares + other.Squares + (apart * apart * ((double)Count * other.Count / count))
        );
    }

    /// <summary>The moments of several runs of values, e.g. one channel of several images.</summary>
    /// <param name="x">First value of the first run.</param>
    /// <param name="runs">Number of runs.</param>
    /// <param name="step">Values from the start of a run to the start of the next.</param>
    /// <param name="length">Values of a run.</param>
    /// <param name="epsilon">What will be added to the variance; a variance far below it need not be exact.</param>
    /// <remarks>Blocks of whole runs, or pieces of one, are read from memory once and then again from cache: for the
    /// mean, and for the deviations from it.</remarks>
    public static unsafe Moments OfRuns<T>(T* x, int runs, long step, int length, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Moments total = default;
        int together = Math.Max(1, VectorSum<T>.Block / Math.Max(1, length));
        for (int run = 0; run < runs; run += together)
        {
            for (int start = 0; start < length; start += VectorSum<T>.Block)
            {
                total = total.With(
                    OfBlock(
                        x + (run * step) + start,
                        Math.Min(together, runs - run),
                        step,
                        Math.Min(VectorSum<T>.Block, length - start),
                        epsilon
                    )
                );
            }
        }

        return total;
    }

    private static unsafe Moments OfBlock<T>(T* x, int runs, long step, int length, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0.0,
            deviations = 0.0,
            squares = 0.0;
        for (int run = 0; run < runs; run++)
        {
            sum += double.CreateTruncating(VectorSum<T>.OfBlock(x + (run * step), length));
        }

        long count = (long)runs * length;
        T center = T.CreateTruncating((VectorSum<T>.IsWithin(sum) ? sum : ExactSum(x, runs, step, length)) / count);
        for (int run = 0; run < runs; run++)
        {
            (T s, T q) = VectorSum<T>.DeviationsOfBlock(x + (run * step), length, center);
            deviations += double.CreateTruncating(s);
            squares += double.CreateTruncating(q);
        }

        if (!VectorSum<T>.IsWithin(squares, count, epsilon))
        {
            (deviations, squares) = ExactDeviations(x, runs, step, length, center);
        }

        // The first sum carries rounding errors in proportion to the mean; the deviations, exact where they are small,
        // correct it.
        return new Moments(
            count,
            double.CreateTruncating(center) + (deviations / count),
            Math.Max(0.0, squares - (deviations * deviations / count))
        );
    }

    private static unsafe double ExactSum<T>(T* x, int runs, long step, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0.0;
        for (int run = 0; run < runs; run++)
        {
            sum += VectorSum<T>.ExactSum(x + (run * step), length);
        }

        return sum;
    }

    private static unsafe (double Sum, double Squares) ExactDeviations<T>(
        T* x,
        int runs,
        long step,
        int length,
        T center
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (double sum, double squares) = (0.0, 0.0);
        for (int run = 0; run < runs; run++)
        {
            (double s, double q) = VectorSum<T>.ExactDeviations(x + (run * step), length, center);
            sum += s;
            squares += q;
        }

        return (sum, squares);
    }
}
