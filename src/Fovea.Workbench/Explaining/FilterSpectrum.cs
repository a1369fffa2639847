namespace Fovea.Workbench;

/// <summary>Whether filters have a shape, by their frequencies: those of a grating, an edge or a blob are few, those of
/// noise are all alike.</summary>
/// <param name="Frequencies">How many frequencies a filter uses: e to the entropy of its power by frequency; mean over
/// filters by power.</param>
/// <param name="Most">As many as there are, each with its opposite counted as one.</param>
/// <param name="Random">The mean of <paramref name="Frequencies"/> over sets of random filters of the same shape.</param>
/// <param name="RandomSpread">Their standard deviation.</param>
/// <param name="Centroid">Mean frequency by power, 0 for a constant to 1 for the highest along every axis.</param>
/// <param name="RandomCentroid">The same of random filters.</param>
internal sealed record FilterSpectrum(
    double Frequencies,
    int Most,
    double Random,
    double RandomSpread,
    double Centroid,
    double RandomCentroid
)
{
    private const int Draws = 32,
        MostFilters = 64,
        MostChannels = 4;

    // Standard deviations of random sets, and the share of their frequencies, from which on filters have a shape.
    private const double Sure = 4.0,
        Fewer = 0.9;

    /// <summary>Whether the filters have a shape that random ones of the same size have not.</summary>
    public bool IsStructured => Frequencies < Random - (Sure * RandomSpread) && Frequencies < Fewer * Random;

    /// <summary>Looks at a weight.</summary>
    /// <param name="weight">[filters, channels, taps...].</param>
    /// <param name="rng">Draws the random filters.</param>
    /// <returns>Null for kernels of fewer than three taps along some axis, for weights of 0, and where values are no finite
    /// numbers.</returns>
    public static FilterSpectrum? Of(Tensor weight, Rng rng)
    {
        int[] kernel = weight.Rank > 2 ? weight.Shape.Sizes[2..].ToArray() : [];
        if (kernel.Length == 0 || kernel.Any(k => k < 3))
        {
            return null;
        }

        Transform transform = new(kernel);
        int channels = Math.Min(MostChannels, weight.Shape[1]);
        float[] values = Some(weight, transform.Taps, channels);
        (double frequencies, double centroid) = transform.Of(values, channels);
        if (!double.IsFinite(frequencies) || frequencies == 0.0)
        {
            return null;
        }

        (double Frequencies, double Centroid)[] random =
        [
            .. Enumerable
                .Range(0, Draws)
                .Select(_ => transform.Of(FilterStatistics.Normal(values.Length, rng), channels)),
        ];
        double mean = random.Average(r => r.Frequencies);
        return new FilterSpectrum(
            frequencies,
            transform.Distinct,
            mean,
            Math.Sqrt(random.Sum(r => (r.Frequencies - mean) * (r.Frequencies - mean)) / (Draws - 1)),
            centroid,
            random.Average(r => r.Centroid)
        );
    }

    private static float[] Some(Tensor weight, int taps, int channels)
    {
        float[] all = weight.ToArray<float>();
        int size = weight.Shape[1] * taps;
        return
        [
            .. FilterStatistics
                .Spread(weight.Shape[0], MostFilters)
                .SelectMany(f => all.AsSpan(f * size, channels * taps).ToArray()),
        ];
    }

    /// <summary>The power of kernels by frequency, by sines and cosines written out.</summary>
    private sealed class Transform
    {
        private readonly double[][] _cosines,
            _sines;
        private readonly double[] _heights,
            _weights;

        public Transform(int[] kernel)
        {
            Taps = kernel.Aggregate(1, (a, b) => a * b);
            int[][] places = [.. Enumerable.Range(0, Taps).Select(i => Place(i, kernel))];

            // A frequency and its opposite have the same power, so one of each pair is enough.
            int[] kept = [.. Enumerable.Range(0, Taps).Where(f => f <= Opposite(places[f], kernel))];
            double[][] angles =
            [
                .. kept.Select(f =>
                    places
                        .Select(x => 2.0 * Math.PI * x.Select((xi, a) => (double)xi * places[f][a] / kernel[a]).Sum())
                        .ToArray()
                ),
            ];
            _cosines = [.. angles.Select(a => a.Select(Math.Cos).ToArray())];
            _sines = [.. angles.Select(a => a.Select(Math.Sin).ToArray())];
            _weights = [.. kept.Select(f => f == Opposite(places[f], kernel) ? 1.0 : 2.0)];
            _heights =
            [
                .. kept.Select(f =>
                    Math.Sqrt(
                        places[f]
                            .Select((k, a) => Math.Pow(Math.Min(k, kernel[a] - k) / (double)(kernel[a] / 2), 2))
                            .Average()
                    )
                ),
            ];
        }

        public int Taps { get; }

        public int Distinct => _weights.Length;

        /// <summary>How many frequencies filters use, and their mean, by power.</summary>
        /// <param name="values">[filters, channels, taps].</param>
        /// <param name="channels">Channels.</param>
        public (double Frequencies, double Centroid) Of(float[] values, int channels)
        {
            double used = 0.0,
                centroid = 0.0,
                all = 0.0;
            double[] power = new double[Distinct];
            for (int start = 0; start < values.Length; start += channels * Taps)
            {
                Array.Clear(power);
                for (int channel = 0; channel < channels; channel++)
                {
                    Add(power, values.AsSpan(start + (channel * Taps), Taps));
                }

                double sum = power.Sum();
                all += sum;
                used += sum * EffectiveRank.OfShares(power);
                centroid += power.Select((p, f) => p * _heights[f]).Sum();
            }

            return all > 0.0 ? (used / all, centroid / all) : (all, all);
        }

        private void Add(double[] power, ReadOnlySpan<float> kernel)
        {
            for (int f = 0; f < power.Length; f++)
            {
                double real = 0.0,
                    imaginary = 0.0;
                for (int i = 0; i < kernel.Length; i++)
                {
                    real += kernel[i] * _cosines[f][i];
                    imaginary += kernel[i] * _sines[f][i];
                }

                power[f] += _weights[f] * ((real * real) + (imaginary * imaginary));
            }
        }

        private static int[] Place(int index, int[] kernel)
        {
            int[] place = new int[kernel.Length];
            for (int axis = kernel.Length - 1; axis >= 0; axis--)
            {
                (index, place[axis]) = Math.DivRem(index, kernel[axis]);
            }

            return place;
        }

        private static int Opposite(int[] place, int[] kernel) =>
            place
                .Select((p, axis) => (kernel[axis] - p) % kernel[axis])
                .Zip(kernel)
                .Aggregate(0, (i, p) => (i * p.Second) + p.First);
    }
}
