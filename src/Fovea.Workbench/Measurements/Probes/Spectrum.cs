namespace Fovea.Workbench;

/// <summary>Energy of maps by frequency.</summary>
internal static class Spectrum
{
    /// <summary>The energy of a map that sampling it at every so many positions cannot keep, and all of it; both without
    /// the mean, and weighted by a Hann window along the axes that are sampled, so that the ends of a map, which need not
    /// meet, do not look like high frequencies.</summary>
    /// <param name="map">The values, the last axis fastest.</param>
    /// <param name="sizes">Positions along each axis.</param>
    /// <param name="strides">What each axis is sampled at; 1 keeps all.</param>
    /// <returns>Energy above half the new sampling frequency along any axis, and all energy. What lies exactly at half of it
    /// counts by half.</returns>
    public static (double Outside, double Total) OutOfBand(double[] map, int[] sizes, int[] strides)
    {
        double[] real = Windowed(map, sizes, strides),
            imaginary = new double[real.Length];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (strides[axis] > 1)
            {
                Transform(real, imaginary, sizes, axis);
            }
        }

        double inside = 0.0,
            total = 0.0;
        for (int i = 0; i < real.Length; i++)
        {
            double energy = (real[i] * real[i]) + (imaginary[i] * imaginary[i]);
            total += energy;
            inside += energy * Kept(i, sizes, strides);
        }

        return (total - inside, total);
    }

    private static double[] Windowed(double[] map, int[] sizes, int[] strides)
    {
        double[] weights = new double[map.Length];
        double sum = 0.0,
            all = 0.0;
        for (int i = 0; i < map.Length; i++)
        {
            double weight = 1.0;
            for (int axis = sizes.Length - 1, rest = i; axis >= 0; rest /= sizes[axis], axis--)
            {
                weight *=
                    strides[axis] > 1
                        ? 0.5 - (0.5 * Math.Cos(2.0 * Math.PI * (rest % sizes[axis]) / sizes[axis]))
                        : 1.0;
            }

            weights[i] = weight;
            sum += weight * map[i];
            all += weight;
        }

        return [.. map.Select((value, i) => weights[i] * (value - (sum / all)))];
    }

    /// <summary>How much of a frequency is kept: 1, 1/2 at the edge of the band, or 0.</summary>
    private static double Kept(int index, int[] sizes, int[] strides)
    {
        double kept = 1.0;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            int k = index % sizes[axis],
                twice = 2 * strides[axis] * Math.Min(k, sizes[axis] - k);
            kept *=
                strides[axis] == 1 || twice < sizes[axis] ? 1.0
                : twice == sizes[axis] ? 0.5
                : 0.0;
            index /= sizes[axis];
        }

        return kept;
    }

    /// <summary>The discrete Fourier transform along an axis, by its definition: maps are small.</summary>
    private static void Transform(double[] real, double[] imaginary, int[] sizes, int axis)
    {
        int n = sizes[axis],
            step = sizes[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        double[] cos = [.. Enumerable.Range(0, n).Select(i => Math.Cos(2.0 * Math.PI * i / n))],
            sin = [.. Enumerable.Range(0, n).Select(i => Math.Sin(2.0 * Math.PI * i / n))],
            re = new double[n],
            im = new double[n];
        for (int start = 0; start < real.Length; start += step * n)
        {
            for (int line = start; line < start + step; line++)
            {
                for (int k = 0; k < n; k++)
                {
                    (re[k], im[k]) = (0.0, 0.0);
                    for (int i = 0, angle = 0; i < n; i++, angle = (angle + k) % n)
                    {
                        (double a, double b) = (real[line + (i * step)], imaginary[line + (i * step)]);
                        re[k] += (a * cos[angle]) + (b * sin[angle]);
                        im[k] += (b * cos[angle]) - (a * sin[angle]);
                    }
                }

                for (int k = 0; k < n; k++)
                {
                    (real[line + (k * step)], imaginary[line + (k * step)]) = (re[k], im[k]);
                }
            }
        }
    }
}
