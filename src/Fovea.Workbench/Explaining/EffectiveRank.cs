using System.Numerics.Tensors;

namespace Fovea.Workbench;

/// <summary>How many directions vectors really use.</summary>
internal static class EffectiveRank
{
    // Of the largest eigenvalue: what rounding leaves of single precision, squared.
    private const double Rounding = 1e-12;

    /// <summary>e to the entropy of the shares of the singular values of the vectors, their mean taken away: r for r
    /// directions used alike. Roy, Vetterli 2007, The effective rank.</summary>
    /// <param name="vectors">n vectors of c values each, one behind another.</param>
    /// <param name="size">c, 1 or more.</param>
    /// <returns>1 to min(c, n - 1); 0 where all vectors are the same; NaN for fewer than two, or values that are no finite
    /// numbers.</returns>
    public static double Of(ReadOnlySpan<float> vectors, int size)
    {
        int n = vectors.Length / size;
        if (n < 2 || !double.IsFinite(TensorPrimitives.SumOfMagnitudes(vectors)))
        {
            return double.NaN;
        }

        // Of a network that diverges squares overflow before values do: shares do not change with the scale.
        float[] centred = Centred(vectors, n, size);
        float largest = TensorPrimitives.MaxMagnitude<float>(centred);
        if (largest == 0f)
        {
            return 0.0;
        }

        TensorPrimitives.Divide(centred, Math.Abs(largest), centred);
        double[,] gram = n <= size ? Gram(centred, n, size) : Gram(Transposed(centred, n, size), size, n);
        return OfShares([
            .. SymmetricEigenvalues.Of(gram) is var values && values[0] > 0.0
                ? values.Select(v => v > Rounding * values[0] ? Math.Sqrt(v) : 0.0)
                : [],
        ]);
    }

    /// <summary>e to the entropy of the shares of some sizes, 0 or more each; 0 where there are none.</summary>
    public static double OfShares(IReadOnlyList<double> sizes)
    {
        double sum = sizes.Sum();
        return sum > 0.0 ? Math.Exp(-sizes.Where(s => s > 0.0).Sum(s => s / sum * Math.Log(s / sum))) : 0.0;
    }

    /// <summary>The inner products of rows; the lower half.</summary>
    /// <param name="rows">One behind another.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Values of a row.</param>
    public static double[,] Gram(ReadOnlySpan<float> rows, int count, int size)
    {
        double[,] gram = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                gram[i, j] = TensorPrimitives.Dot(rows.Slice(i * size, size), rows.Slice(j * size, size));
            }
        }

        return gram;
    }

    /// <summary>Rows with their mean taken away.</summary>
    private static float[] Centred(ReadOnlySpan<float> rows, int count, int size)
    {
        double[] mean = new double[size];
        for (int i = 0; i < rows.Length; i++)
        {
            mean[i % size] += rows[i] / (double)count;
        }

        float[] centred = new float[count * size];
        for (int i = 0; i < centred.Length; i++)
        {
            centred[i] = (float)(rows[i] - mean[i % size]);
        }

        return centred;
    }

    private static float[] Transposed(float[] rows, int count, int size)
    {
        float[] turned = new float[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            turned[(i % size * count) + (i / size)] = rows[i];
        }

        return turned;
    }
}
