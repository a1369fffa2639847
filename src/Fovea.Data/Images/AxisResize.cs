namespace Fovea.Data;

/// <summary>Resizes one axis of a picture: weighted sums of source pixels, the same weights for every row or column.</summary>
internal static class AxisResize
{
    /// <summary>Changes the width of [height, width].</summary>
    public static float[] Rows(float[] source, int height, int width, int newWidth)
    {
        if (width == newWidth)
        {
            return source;
        }

        Taps[] taps = Weights(width, newWidth);
        float[] result = new float[(long)height * newWidth];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                double sum = 0;
                for (int i = 0; i < taps[x].Weights.Length; i++)
                {
                    sum += taps[x].Weights[i] * source[(y * width) + taps[x].Start + i];
                }

                result[(y * newWidth) + x] = (float)sum;
            }
        }

        return result;
    }

    /// <summary>Changes the height of [height, width].</summary>
    public static float[] Columns(float[] source, int height, int width, int newHeight)
    {
        if (height == newHeight)
        {
            return source;
        }

        Taps[] taps = Weights(height, newHeight);
        float[] result = new float[(long)newHeight * width];
        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = 0;
                for (int i = 0; i < taps[y].Weights.Length; i++)
                {
                    sum += taps[y].Weights[i] * source[((taps[y].Start + i) * width) + x];
                }

                result[(y * width) + x] = (float)sum;
            }
        }

        return result;
    }

    /// <summary>For every new pixel, the source pixels it is made of and their weights, which sum to 1.</summary>
    private static Taps[] Weights(int size, int newSize)
    {
        Taps[] taps = new Taps[newSize];
        double ratio = (double)size / newSize;
        for (int i = 0; i < newSize; i++)
        {
            taps[i] = newSize < size ? Area(i * ratio, (i + 1) * ratio, size) : Linear(((i + 0.5) * ratio) - 0.5, size);
        }

        return taps;
    }

    /// <summary>Weights by how much of each pixel lies between two places.</summary>
    private static Taps Area(double from, double to, int size)
    {
        int start = (int)from, end = Math.Min(size, (int)Math.Ceiling(to));
        double[] weights = new double[end - start];
        for (int i = start; i < end; i++)
        {
            weights[i - start] = (Math.Min(to, i + 1) - Math.Max(from, i)) / (to - from);
        }

        return new Taps(start, weights);
    }

    /// <summary>The two pixels whose centres lie around a place; beyond the outermost centre, the outermost pixel.</summary>
    private static Taps Linear(double place, int size)
    {
        double inside = Math.Clamp(place, 0, size - 1);
        int start = Math.Min((int)inside, Math.Max(0, size - 2));
        return size == 1 ? new Taps(0, [1]) : new Taps(start, [1 - (inside - start), inside - start]);
    }

    private sealed record Taps(int Start, double[] Weights);
}
