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

    /// <summary>The source pixels a new pixel is made of, <c>Start</c> to before <c>End</c>, and their weights, which
    /// sum to 1; computed, not stored.</summary>
    private readonly record struct Taps(int Start, int End, double From, double To, bool Covers)
    {
        /// <summary>Shrinking takes all that the new pixel covers. Growing takes the two pixels whose centres lie
        /// around the new centre; beyond the outermost centre, the outermost pixel.</summary>
        public static Taps Of(int index, int size, int newSize)
        {
            double ratio = (double)size / newSize;
            if (newSize < size)
            {
                (double from, double to) = (index * ratio, (index + 1) * ratio);
                return new Taps((int)from, Math.Min(size, (int)Math.Ceiling(to)), from, to, true);
            }

            double place = Math.Clamp(((index + 0.5) * ratio) - 0.5, 0, size - 1);
            int start = Math.Min((int)place, Math.Max(0, size - 2));
            return new Taps(start, Math.Min(size, start + 2), place, place, false);
        }

        /// <summary>By how much of the pixel is covered, or by how near its centre is.</summary>
        public double Weight(int pixel) =>
            Covers ? (Math.Min(To, pixel + 1) - Math.Max(From, pixel)) / (To - From)
            : pixel == Start ? 1 - (From - Start)
            : From - Start;
    }
}
