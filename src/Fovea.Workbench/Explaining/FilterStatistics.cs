using System.Numerics.Tensors;

namespace Fovea.Workbench;

/// <summary>What the filters of a layer look like: whether they are alike, empty, or of few shapes.</summary>
/// <param name="Filters">Filters.</param>
/// <param name="Taps">Values of a kernel; 1 for a linear layer.</param>
/// <param name="Sparsity">Share of the kernels, or of the filters where taps are single, whose largest value is below a
/// hundredth of the layer's.</param>
/// <param name="Empty">Filters of which all kernels are so.</param>
/// <param name="Duplicates">Filters that point the same way as an earlier one, or the opposite way.</param>
/// <param name="Compared">Filters that were compared for that: all, or as many spread over the layer.</param>
/// <param name="Entropy">Entropy of the variances along the principal axes of the kernels, in nats: 0 where all kernels are
/// multiples of one, ln(taps) at most; NaN for single taps or fewer than two kernels.</param>
/// <param name="RandomEntropy">The same of as many kernels of independent normal values.</param>
internal sealed record FilterStatistics(
    int Filters,
    int Taps,
    double Sparsity,
    int Empty,
    int Duplicates,
    int Compared,
    double Entropy,
    double RandomEntropy
)
{
    // Of the largest value of a layer: torchconvquality 2023.
    private const double Nothing = 0.01;

    // Cosine from which on two filters are the same.
    private const double Same = 0.99;

    // Filters that are compared with each other; with fewer values any two are alike by chance.
    private const int MostCompared = 256,
        FewestValues = 8;

    // Beyond so many the entropy of random kernels is known to a thousandth.
    private const int MostRandom = 2048,
        Draws = 4;

    /// <summary>Looks at a weight.</summary>
    /// <param name="weight">[filters, channels, taps...]; a linear layer's has no taps.</param>
    /// <param name="rng">Draws the random kernels.</param>
    public static FilterStatistics Of(Tensor weight, Rng rng)
    {
        float[] values = weight.ToArray<float>();
        int filters = weight.Shape[0],
            size = values.Length / Math.Max(1, filters),
            taps = weight.Rank > 2 ? size / Math.Max(1, weight.Shape[1]) : 1,
            kernels = values.Length / Math.Max(1, taps),
            unit = Math.Max(1, taps > 1 ? taps : size);
        bool[] silent = Silent(values, values.Length / unit, unit);
        int[] compared = Spread(filters, MostCompared);
        return new FilterStatistics(
            filters,
            taps,
            (double)silent.Count(s => s) / Math.Max(1, silent.Length),
            silent.Chunk(Math.Max(1, size / unit)).Count(f => Array.TrueForAll(f, s => s)),
            CountDuplicates(values, size, compared),
            compared.Length,
            EntropyOf(values, taps),
            RandomEntropyOf(Math.Min(kernels, MostRandom), taps, rng)
        );
    }

    /// <summary>Entropy of the variances along the principal axes of kernels, in nats.</summary>
    /// <param name="values">Kernels one behind another.</param>
    /// <param name="taps">Values of one.</param>
    public static double EntropyOf(ReadOnlySpan<float> values, int taps)
    {
        int kernels = values.Length / Math.Max(1, taps);
        if (taps < 2 || kernels < 2 || !double.IsFinite(TensorPrimitives.SumOfMagnitudes(values)))
        {
            return double.NaN;
        }

        double[] variances = SymmetricEigenvalues.Of(Covariance(values, kernels, taps));
        return variances[0] > 0.0
            ? Math.Log(EffectiveRank.OfShares([.. variances.Select(v => v > 1e-12 * variances[0] ? v : 0.0)]))
            : 0.0;
    }

    /// <summary>Places spread evenly over a number of them.</summary>
    public static int[] Spread(int count, int most) =>
        count <= most
            ? [.. Enumerable.Range(0, count)]
            : [.. Enumerable.Range(0, most).Select(i => (int)((long)i * count / most))];

    private static double RandomEntropyOf(int kernels, int taps, Rng rng) =>
        Enumerable.Range(0, Draws).Average(_ => EntropyOf(Normal(kernels * taps, rng), taps));

    /// <summary>Independent normal values.</summary>
    public static float[] Normal(int count, Rng rng)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)rng.NextNormal();
        }

        return values;
    }

    private static double[,] Covariance(ReadOnlySpan<float> values, int kernels, int taps)
    {
        double[] mean = new double[taps],
            off = new double[taps];
        for (int i = 0; i < values.Length; i++)
        {
            mean[i % taps] += values[i] / (double)kernels;
        }

        double[,] covariance = new double[taps, taps];
        for (int k = 0; k < kernels; k++)
        {
            for (int i = 0; i < taps; i++)
            {
                off[i] = values[(k * taps) + i] - mean[i];
                for (int j = 0; j <= i; j++)
                {
                    covariance[i, j] += off[i] * off[j];
                }
            }
        }

        return covariance;
    }

    private static bool[] Silent(float[] values, int kernels, int taps)
    {
        float most = values.Length == 0 ? 0f : Math.Abs(TensorPrimitives.MaxMagnitude<float>(values));
        bool[] silent = new bool[kernels];
        for (int k = 0; k < kernels; k++)
        {
            float largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(values.AsSpan(k * taps, taps)));
            silent[k] = largest <= 0f || largest < Nothing * most;
        }

        return silent;
    }

    private static int CountDuplicates(float[] values, int size, int[] compared)
    {
        if (size < FewestValues)
        {
            return 0;
        }

        float[] norms = [.. compared.Select(f => TensorPrimitives.Norm<float>(values.AsSpan(f * size, size)))];
        int duplicates = 0;
        for (int i = 1; i < compared.Length; i++)
        {
            bool isCopy = false;
            for (int j = 0; j < i && !isCopy && norms[i] > 0f; j++)
            {
                float product = TensorPrimitives.Dot<float>(
                    values.AsSpan(compared[i] * size, size),
                    values.AsSpan(compared[j] * size, size)
                );
                isCopy = norms[j] > 0f && Math.Abs(product) >= Same * norms[i] * norms[j];
            }

            duplicates += isCopy ? 1 : 0;
        }

        return duplicates;
    }
}
