namespace Fovea.Workbench;

/// <summary>An item brought to some 64 numbers of mean 0 and length 1, that tell copies from strangers.</summary>
internal static class ItemSignature
{
    /// <summary>Cells along an axis of a picture, at most.</summary>
    public const int Side = 8;

    /// <summary>Channels of a series that are looked at, at most.</summary>
    public const int MostChannels = 16;

    private const int Cells = 64,
        Colours = 4;

    /// <summary>A picture of several colours in cells that keep them apart: the mean of each colour in 8 x 8 cells. Null for any other
    /// item, of which <see cref="Of"/> loses none.</summary>
    public static float[]? WithColours(ReadOnlySpan<float> item, Shape shape)
    {
        if (shape.Rank != 3 || shape[0] is < 2 or > Colours)
        {
            return null;
        }

        int length = item.Length / shape[0];
        List<float> cells = [];
        for (int c = 0; c < shape[0]; c++)
        {
            cells.AddRange(Squares(item.Slice(c * length, length), shape).Select(v => (float)v));
        }

        return [.. cells];
    }

    /// <summary>Makes it: of pictures the mean over channels in 8 x 8 cells, of series each channel in stretches.</summary>
    /// <param name="item">Finite values, last axis fastest.</param>
    /// <param name="shape">[C, L], [C, H, W] or [C, D, H, W].</param>
    /// <returns>Null where all cells are alike.</returns>
    public static float[]? Of(ReadOnlySpan<float> item, Shape shape)
    {
        double[] cells = shape.Rank <= 2 ? Stretches(item, shape) : Squares(item, shape);
        double mean = cells.Average(),
            length = Math.Sqrt(cells.Sum(c => (c - mean) * (c - mean)));
        return length > 1e-6 * (1 + Math.Abs(mean)) ? [.. cells.Select(c => (float)((c - mean) / length))] : null;
    }

    private static double[] Stretches(ReadOnlySpan<float> item, Shape shape)
    {
        int channels = shape[0],
            length = item.Length / channels,
            kept = Math.Min(channels, MostChannels),
            cells = Math.Min(length, Math.Max(Side / 2, Cells / kept));
        double[] sums = new double[kept * cells];
        for (int c = 0; c < kept; c++)
        {
            for (int cell = 0; cell < cells; cell++)
            {
                int from = cell * length / cells,
                    to = (cell + 1) * length / cells;
                double sum = 0;
                foreach (float value in item[((c * length) + from)..((c * length) + to)])
                {
                    sum += value;
                }

                sums[(c * cells) + cell] = sum / (to - from);
            }
        }

        return sums;
    }

    private static double[] Squares(ReadOnlySpan<float> item, Shape shape)
    {
        int width = shape.Sizes[^1],
            height = shape.Sizes[^2],
            across = Math.Min(Side, width),
            down = Math.Min(Side, height);
        double[] sums = new double[across * down];
        int[] counts = new int[sums.Length];
        for (int i = 0; i < item.Length; i++)
        {
            int x = i % width,
                y = i / width % height,
                cell = (y * down / height * across) + (x * across / width);
            sums[cell] += item[i];
            counts[cell]++;
        }

        return [.. sums.Select((s, i) => s / Math.Max(1, counts[i]))];
    }
}
