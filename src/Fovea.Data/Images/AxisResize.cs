namespace Fovea.Data;

/// <summary>Resizes a picture axis by axis: weighted sums of source pixels, the same weights for every row or
/// column.</summary>
internal static class AxisResize
{
    /// <summary>Changes both axes of [height, width]; first the one that leaves fewer values in between, the width
    /// where both leave as many.</summary>
    /// <remarks>What lies in between has at most sqrt(height * width * newHeight * newWidth) values: a thin long
    /// picture takes no more memory than a square one.</remarks>
    public static float[] Fit(ReadOnlySpan<float> source, int height, int width, int newHeight, int newWidth) =>
        (height == newHeight, width == newWidth) switch
        {
            (true, true) => source.ToArray(),
            (true, false) => Rows(source, height, width, newWidth),
            (false, true) => Columns(source, height, width, newHeight),
            _ => (long)height * newWidth <= (long)newHeight * width
                ? Columns(Rows(source, height, width, newWidth), height, newWidth, newHeight)
                : Rows(Columns(source, height, width, newHeight), newHeight, width, newWidth),
        };

    /// <summary>Changes the width of [height, width].</summary>
    private static float[] Rows(ReadOnlySpan<float> source, int height, int width, int newWidth)
    {
        float[] result = new float[(long)height * newWidth];
        for (int x = 0; x < newWidth; x++)
        {
            Taps taps = Taps.Of(x, width, newWidth);
            for (int y = 0; y < height; y++)
            {
                double sum = 0;
                for (int i = taps.Start; i < taps.End; i++)
                {
                    sum += taps.Weight(i) * source[(y * width) + i];
                }

                result[(y * newWidth) + x] = (float)sum;
            }
        }

        return result;
    }

    /// <summary>Changes the height of [height, width].</summary>
    private static float[] Columns(ReadOnlySpan<float> source, int height, int width, int newHeight)
    {
        float[] result = new float[(long)newHeight * width];
        for (int y = 0; y < newHeight; y++)
        {
            Taps taps = Taps.Of(y, height, newHeight);
            for (int x = 0; x < width; x++)
            {
                double sum = 0;
                for (int i = taps.Start; i < taps.End; i++)
                {
                    sum += taps.Weight(i) * source[(i * width) + x];
                }

                result[(y * width) + x] = (float)sum;
            }
        }

        return result;
    }

    /// <summary>The source pixels a new pixel is made of, <c>Start</c> to before <c>End</c>, and the weights of the
    /// first, the last and those between, which sum to 1. Positions are whole numbers of small units, so what ends at
    /// a pixel's border takes nothing of the next.</summary>
    private readonly record struct Taps(int Start, int End, double First, double Inner, double Last)
    {
        /// <summary>Shrinking takes all that the new pixel covers. Growing takes the two pixels whose centres lie
        /// around the new centre; beyond the outermost centre, the outermost pixel.</summary>
        public static Taps Of(int index, int size, int newSize) =>
            newSize < size ? Covered(index, size, newSize) : Around(index, size, newSize);

        /// <summary>In units of 1 / newSize of a source pixel, the new one is size units wide.</summary>
        private static Taps Covered(long index, int size, int newSize)
        {
            long from = index * size,
                to = from + size;
            int start = (int)(from / newSize),
                last = (int)((to - 1) / newSize);
            return new Taps(
                start,
                last + 1,
                (((start + 1L) * newSize) - from) / (double)size,
                newSize / (double)size,
                (to - ((long)last * newSize)) / (double)size
            );
        }

        /// <summary>In units of 1 / (2 newSize) of a source pixel.</summary>
        private static Taps Around(long index, int size, int newSize)
        {
            long unit = 2L * newSize,
                place = Math.Clamp((((2 * index) + 1) * size) - newSize, 0, (size - 1) * unit);
            int start = (int)Math.Min(place / unit, Math.Max(0, size - 2));
            double share = (place - (start * unit)) / (double)unit;
            return new Taps(start, Math.Min(size, start + 2), 1 - share, 0, share);
        }

        /// <summary>By how much of the pixel is covered, or by how near its centre is.</summary>
        public double Weight(int pixel) =>
            pixel == Start ? First
            : pixel == End - 1 ? Last
            : Inner;
    }
}
