using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Small pictures of items, for pages.</summary>
public static class Thumbnail
{
    /// <summary>The most pixels of a side.</summary>
    public const int Side = 64;

    /// <summary>An item as a PNG file of at most 64 pixels a side, each the mean of those it stands for. A series becomes its
    /// curve.</summary>
    /// <param name="values">The item's values, as <see cref="IDataset.Read"/> gives them: pictures 0-1.</param>
    /// <param name="item">Its shape: [C, H, W], of which the first or the first three channels are shown, or [C, L].</param>
    /// <returns>The file; empty for items of other shapes.</returns>
    /// <exception cref="ArgumentException">There are more or fewer values than the shape has.</exception>
    public static byte[] Of(ReadOnlySpan<float> values, Shape item)
    {
        if (values.Length != item.Count)
        {
            throw new ArgumentException($"Thumbnail: the item {item} has {item.Count} values, got {values.Length}.");
        }

        return item.Rank switch
        {
            3 when item.Count > 0 => Picture(values, item[0] >= 3 ? 3 : 1, item[1], item[2]),
            2 when item.Count > 0 => Curve(values[..item[1]]),
            _ => [],
        };
    }

    private static byte[] Picture(ReadOnlySpan<float> values, int channels, int height, int width)
    {
        double scale = Math.Max(1.0, Math.Max(height, width) / (double)Side);
        int rows = Math.Max(1, (int)(height / scale)),
            columns = Math.Max(1, (int)(width / scale));
        float[] small = new float[channels * rows * columns];
        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<float> plane = values.Slice(c * height * width, height * width);
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++)
                {
                    small[(((c * rows) + y) * columns) + x] = Mean(
                        plane,
                        width,
                        (y * height / rows, (y + 1) * height / rows),
                        (x * width / columns, (x + 1) * width / columns)
                    );
                }
            }
        }

        return PngEncoder.Encode(small, channels, rows, columns);
    }

    private static float Mean(ReadOnlySpan<float> plane, int width, (int From, int To) rows, (int From, int To) columns)
    {
        double sum = 0;
        for (int y = rows.From; y < rows.To; y++)
        {
            foreach (float value in plane.Slice((y * width) + columns.From, columns.To - columns.From))
            {
                sum += value;
            }
        }

        return (float)(sum / ((rows.To - rows.From) * (columns.To - columns.From)));
    }

    /// <summary>The lowest to the highest value of each column, dark on white.</summary>
    private static byte[] Curve(ReadOnlySpan<float> values)
    {
        float low = float.PositiveInfinity,
            high = float.NegativeInfinity;
        foreach (float v in values)
        {
            if (float.IsFinite(v))
            {
                (low, high) = (Math.Min(low, v), Math.Max(high, v));
            }
        }

        float[] samples = new float[Side * Side];
        Array.Fill(samples, 1);
        double span = high > low ? high - low : 1;
        int before = -1;
        for (int x = 0; x < Side; x++)
        {
            float value = values[(int)((long)x * values.Length / Side)];
            if (!float.IsFinite(value))
            {
                before = -1;
                continue;
            }

            int y = (int)Math.Round((Side - 1) * (1 - ((value - low) / span)));
            int from = before < 0 ? y : Math.Min(y, before),
                to = before < 0 ? y : Math.Max(y, before);
            for (int at = from; at <= to; at++)
            {
                samples[(at * Side) + x] = 0;
            }

            before = y;
        }

        return PngEncoder.Encode(samples, 1, Side, Side);
    }
}
