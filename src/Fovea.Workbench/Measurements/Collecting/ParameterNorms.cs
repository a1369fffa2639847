using System.Numerics;

namespace Fovea.Workbench;

/// <summary>Norms of tensors, in double.</summary>
internal static class ParameterNorms
{
    /// <summary>The Euclidean norm of a tensor.</summary>
    public static double Of(Tensor tensor) => Math.Sqrt(Product(tensor, tensor));

    /// <summary>The Euclidean norm of the difference of two tensors of one shape.</summary>
    public static double OfDifference(Tensor a, Tensor b)
    {
        if (a.DType == DType.Float64)
        {
            ReadOnlySpan<double> x = a.AsSpan<double>(),
                y = b.AsSpan<double>();
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += (x[i] - y[i]) * (x[i] - y[i]);
            }

            return Math.Sqrt(sum);
        }

        return Math.Sqrt(Difference(a.AsSpan<float>(), b.AsSpan<float>()));
    }

    /// <summary>The inner product of two tensors of one shape.</summary>
    public static double Product(Tensor a, Tensor b)
    {
        if (a.DType == DType.Float64)
        {
            ReadOnlySpan<double> x = a.AsSpan<double>(),
                y = b.AsSpan<double>();
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += x[i] * y[i];
            }

            return sum;
        }

        return Product(a.AsSpan<float>(), b.AsSpan<float>());
    }

    private static double Product(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(x[i..]), out Vector<double> xLow, out Vector<double> xHigh);
            Vector.Widen(new Vector<float>(y[i..]), out Vector<double> yLow, out Vector<double> yHigh);
            sums += (xLow * yLow) + (xHigh * yHigh);
        }

        double sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    private static double Difference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(
                new Vector<float>(x[i..]) - new Vector<float>(y[i..]),
                out Vector<double> low,
                out Vector<double> high
            );
            sums += (low * low) + (high * high);
        }

        double sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            double off = (double)x[i] - y[i];
            sum += off * off;
        }

        return sum;
    }
}
