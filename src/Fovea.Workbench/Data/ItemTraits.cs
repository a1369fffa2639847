namespace Fovea.Workbench;

/// <summary>What is measured of each item, to tell parts that are read or made in two ways: level, contrast, smoothness, direction,
/// where the values lie.</summary>
/// <remarks>All but level and contrast do not depend on the scale of an item.</remarks>
internal static class ItemTraits
{
    /// <summary>Their names, in the order of <see cref="Of"/>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "the mean of an item",
        "the deviation of an item",
        "the correlation of neighbouring values",
        "changes across against changes down",
        "the middle against the border",
        "the first half against the second",
        "the upper half against the lower",
        "the share of neighbours that are equal",
        "the constant stretch in front against the one behind",
    ];

    /// <summary>Measures an item; NaN for what it does not have.</summary>
    /// <param name="item">Finite values, last axis fastest.</param>
    /// <param name="shape">[C, L] or [C, H, W].</param>
    public static double[] Of(ReadOnlySpan<float> item, Shape shape)
    {
        double[] traits = new double[Names.Count];
        Array.Fill(traits, double.NaN);
        (double mean, double deviation) = Moments(item);
        (traits[0], traits[1]) = (mean, deviation);
        if (shape.Rank is not (2 or 3) || !(deviation > 0))
        {
            return traits;
        }

        int columns = shape[shape.Rank - 1],
            rows = shape.Rank == 3 ? shape[1] : 1;
        (double across, double equal) = Steps(item, 1, columns);
        (double down, _) = Steps(item, columns, rows);
        double variance = deviation * deviation,
            both = rows > 1 ? (across + down) / 2 : across;
        traits[2] = 1 - (both / (2 * variance));
        traits[3] = rows > 1 && across + down > 0 ? (across - down) / (across + down) : double.NaN;
        (traits[4], traits[5], traits[6]) = Places(item, rows, columns, mean, deviation);
        traits[7] = equal;
        traits[8] = rows == 1 ? Front(item, columns) - Behind(item, columns) : double.NaN;
        return traits;
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> item)
    {
        double sum = 0,
            squares = 0;
        foreach (float value in item)
        {
            sum += value;
        }

        double mean = sum / item.Length;
        foreach (float value in item)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, Math.Sqrt(squares / item.Length));
    }

    /// <summary>Mean square of the differences of neighbours along an axis, and the share of them that are 0.</summary>
    private static (double Square, double Equal) Steps(ReadOnlySpan<float> item, int inner, int size)
    {
        double sum = 0;
        long pairs = 0,
            equal = 0;
        for (int i = 0; i + inner < item.Length; i++)
        {
            if (i / inner % size == size - 1)
            {
                continue;
            }

            double step = item[i + inner] - item[i];
            sum += step * step;
            equal += step == 0 ? 1 : 0;
            pairs++;
        }

        return pairs > 0 ? (sum / pairs, (double)equal / pairs) : (0, double.NaN);
    }

    /// <summary>Means of the middle less those of the rest, of the first half of each line less those of the second, and of the upper
    /// half less those of the lower, in deviations.</summary>
    private static (double Middle, double First, double Upper) Places(
        ReadOnlySpan<float> item,
        int rows,
        int columns,
        double mean,
        double deviation
    )
    {
        double middle = 0,
            rest = 0,
            first = 0,
            upper = 0;
        int inside = 0;
        for (int i = 0; i < item.Length; i++)
        {
            int row = i / columns % rows,
                column = i % columns;
            double value = (item[i] - mean) / deviation;
            bool isMiddle =
                4 * column >= columns
                && 4 * column < 3 * columns
                && (rows == 1 || (4 * row >= rows && 4 * row < 3 * rows));
            middle += isMiddle ? value : 0;
            rest += isMiddle ? 0 : value;
            inside += isMiddle ? 1 : 0;
            first += 2 * column < columns ? value : -value;
            upper += 2 * row < rows ? value : -value;
        }

        return (
            inside > 0 && inside < item.Length ? (middle / inside) - (rest / (item.Length - inside)) : double.NaN,
            first / item.Length,
            rows > 1 ? upper / item.Length : double.NaN
        );
    }

    private static double Front(ReadOnlySpan<float> item, int length)
    {
        int run = 1;
        while (run < length && item[run] == item[0])
        {
            run++;
        }

        return (double)run / length;
    }

    private static double Behind(ReadOnlySpan<float> item, int length)
    {
        int run = 1;
        while (run < length && item[^(run + 1)] == item[^1])
        {
            run++;
        }

        return (double)run / length;
    }
}
