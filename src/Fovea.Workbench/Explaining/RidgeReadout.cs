using System.Numerics.Tensors;

namespace Fovea.Workbench;

/// <summary>A linear read-out of numbers from features, by ridge regression in closed form.</summary>
/// <remarks>
/// In the dual, so that features may be many: a = (K + s I)^-1 y, with K the inner products of the features, mean taken away.
/// The decay s is the one of a few with the least error when each item is left out in turn, which is a_i / (K + s I)^-1_ii:
/// Hastie, Tibshirani, Friedman 2009, The elements of statistical learning, sections 3.4 and 7.10.
/// </remarks>
internal static class RidgeReadout
{
    /// <summary>Decays tried, of the mean square of an item's features. Less would let a read-out rest on what is a
    /// thousandth of the features' size, which noise drowns in use.</summary>
    public static IReadOnlyList<double> Decays { get; } = [1e-3, 1e-2, 1e-1, 1.0];

    /// <summary>The share of the variance of some numbers that is read out, of items that were not fitted to.</summary>
    /// <param name="features">A row for each item.</param>
    /// <param name="numbers">By number: its value for each item.</param>
    /// <param name="fitted">Items fitted to, the first; the others are read.</param>
    /// <returns>Mean over the numbers of 1 - error / variance around the mean of those fitted: 1 for all, 0 for nothing, and
    /// not below 0; 0 where features do not differ, NaN where they are no finite numbers.</returns>
    public static double ShareRead(
        IReadOnlyList<float[]> features,
        IReadOnlyList<IReadOnlyList<double>> numbers,
        int fitted
    )
    {
        double[,] kernel = Kernel(features, fitted);
        double scale = Enumerable.Range(0, fitted).Sum(i => kernel[i, i]) / fitted;
        if (!double.IsFinite(scale) || scale <= 0.0)
        {
            return double.IsFinite(scale) ? 0.0 : double.NaN;
        }

        double[][] centred = [.. numbers.Select(y => Centred(y, fitted))];
        (double[][] Weights, double Error) best = Decays
            .Select(decay => Fit(kernel, centred, fitted, decay * scale))
            .MinBy(fit => fit.Error);
        return Enumerable.Range(0, centred.Length).Average(k => Read(kernel, centred[k], best.Weights[k]));
    }

    /// <summary>Weights of the items by number, and the squared error when each is left out.</summary>
    public static (double[][] Weights, double Error) Fit(double[,] kernel, double[][] numbers, int fitted, double decay)
    {
        double[,] inverse = Inverse(kernel, fitted, decay);
        double error = 0.0;
        double[][] weights = [.. numbers.Select(_ => new double[fitted])];
        for (int k = 0; k < numbers.Length; k++)
        {
            for (int i = 0; i < fitted; i++)
            {
                for (int j = 0; j < fitted; j++)
                {
                    weights[k][i] += inverse[i, j] * numbers[k][j];
                }

                double left = weights[k][i] / inverse[i, i];
                error += left * left;
            }
        }

        return (weights, error);
    }

    /// <summary>Inner products of all items with those fitted to, of which the mean is that of the latter.</summary>
    private static double[,] Kernel(IReadOnlyList<float[]> features, int fitted)
    {
        float[] mean = new float[features[0].Length];
        foreach (float[] row in features.Take(fitted))
        {
            TensorPrimitives.Add(mean, row, mean);
        }

        TensorPrimitives.Divide(mean, fitted, mean);
        float[][] rows = [.. features.Select(f => f.ToArray())];
        Array.ForEach(rows, r => TensorPrimitives.Subtract(r, mean, r));
        double[,] kernel = new double[rows.Length, fitted];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < fitted; j++)
            {
                kernel[i, j] = j < i && i < fitted ? kernel[j, i] : TensorPrimitives.Dot<float>(rows[i], rows[j]);
            }
        }

        return kernel;
    }

    private static double[] Centred(IReadOnlyList<double> numbers, int fitted)
    {
        double mean = numbers.Take(fitted).Average();
        return [.. numbers.Select(y => y - mean)];
    }

    private static double Read(double[,] kernel, double[] numbers, double[] weights)
    {
        double error = 0.0,
            variance = 0.0;
        for (int i = weights.Length; i < numbers.Length; i++)
        {
            double read = 0.0;
            for (int j = 0; j < weights.Length; j++)
            {
                read += kernel[i, j] * weights[j];
            }

            error += (read - numbers[i]) * (read - numbers[i]);
            variance += numbers[i] * numbers[i];
        }

        return variance > 0.0 ? Math.Max(0.0, 1.0 - (error / variance)) : 0.0;
    }

    /// <summary>(K + s I)^-1 of the items fitted to: B'B, with B the inverse of Cholesky's factor.</summary>
    private static double[,] Inverse(double[,] kernel, int n, double decay)
    {
        double[,] back = InverseFactor(Factor(kernel, n, decay), n),
            inverse = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                for (int k = i; k < n; k++)
                {
                    inverse[i, j] += back[k, i] * back[k, j];
                }

                inverse[j, i] = inverse[i, j];
            }
        }

        return inverse;
    }

    /// <summary>L of LL' = K + s I.</summary>
    private static double[,] Factor(double[,] kernel, int n, double decay)
    {
        double[,] factor = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = kernel[i, j] + (i == j ? decay : 0.0);
                for (int k = 0; k < j; k++)
                {
                    sum -= factor[i, k] * factor[j, k];
                }

                factor[i, j] = i == j ? Math.Sqrt(Math.Max(sum, double.Epsilon)) : sum / factor[j, j];
            }
        }

        return factor;
    }

    private static double[,] InverseFactor(double[,] factor, int n)
    {
        double[,] back = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = i == j ? 1.0 : 0.0;
                for (int k = j; k < i; k++)
                {
                    sum -= factor[i, k] * back[k, j];
                }

                back[i, j] = sum / factor[i, i];
            }
        }

        return back;
    }
}
