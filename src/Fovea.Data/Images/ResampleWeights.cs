namespace Fovea.Data;

/// <summary>Of which pixels along one axis each new pixel is made, and with what weights: filters that widen with the
/// reduction, their weights in whole numbers of 2^-22, as Pillow computes pictures of 8 bits.</summary>
internal sealed class ResampleWeights
{
    /// <summary>Bits of a weight behind the point: 32 less the 8 of a sample, the sign, and one for sums above 1.</summary>
    public const int Bits = 22;

    private readonly int[] _first;
    private readonly int[] _weights;
    private readonly int[] _count;
    private readonly int _most;

    private ResampleWeights(int size, long newSize, Interpolation interpolation, long from, int taken)
    {
        double scale = (double)size / newSize,
            wide = Math.Max(scale, 1),
            support = (interpolation == Interpolation.Bilinear ? 1 : 2) * wide;
        _most = ((int)Math.Ceiling(support) * 2) + 1;
        (_first, _count, _weights) = (new int[taken], new int[taken], new int[(long)taken * _most]);
        double[] weights = new double[_most];
        for (int i = 0; i < taken; i++)
        {
            double center = (from + i + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5)),
                count = Math.Min(size, (int)(center + support + 0.5)) - first;
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                double distance = Math.Abs((k + first - center + 0.5) / wide);
                sum += weights[k] = interpolation == Interpolation.Bilinear ? Triangle(distance) : Cubic(distance);
            }

            for (int k = 0; k < count; k++)
            {
                _weights[(i * _most) + k] = (int)
                    Math.Round(weights[k] / sum * (1 << Bits), MidpointRounding.AwayFromZero);
            }

            (_first[i], _count[i]) = (first, count);
        }

        Start = _first[0];
        Used = _first[^1] + _count[^1] - Start;
    }

    /// <summary>The first pixel that is used at all.</summary>
    public int Start { get; }

    /// <summary>How many pixels are used, from <see cref="Start"/> on.</summary>
    public int Used { get; }

    /// <summary>The weights of some new pixels of an axis.</summary>
    /// <param name="size">The axis's pixels, 1 up.</param>
    /// <param name="newSize">Its new pixels, 1 up.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="from">The first new pixel to make.</param>
    /// <param name="taken">New pixels to make, 1 up.</param>
    public static ResampleWeights Of(int size, long newSize, Interpolation interpolation, long from, int taken) =>
        new(size, newSize, interpolation, from, taken);

    /// <summary>The first pixel that a new pixel is made of, counted from <see cref="Start"/>.</summary>
    public int First(int index) => _first[index] - Start;

    /// <summary>The weights of a new pixel, from its first pixel on.</summary>
    public ReadOnlySpan<int> this[int index] => _weights.AsSpan(index * _most, _count[index]);

    private static double Triangle(double x) => x < 1 ? 1 - x : 0;

    private static double Cubic(double x) =>
        x < 1 ? (((1.5 * x) - 2.5) * x * x) + 1
        : x < 2 ? -0.5 * ((((x - 5) * x + 8) * x) - 4)
        : 0;
}
