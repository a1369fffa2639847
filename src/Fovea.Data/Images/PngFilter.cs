namespace Fovea.Data;

/// <summary>Undoes the row filters of PNG (standard, section 9).</summary>
internal static class PngFilter
{
    /// <summary>Restores a row in place.</summary>
    /// <param name="filter">0 none, 1 left, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The filtered bytes.</param>
    /// <param name="above">The restored row above, zeros for the first.</param>
    /// <param name="step">Bytes of a pixel, at least 1.</param>
    /// <returns>False for a filter that does not exist.</returns>
    public static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        if (filter > 4)
        {
            return false;
        }

        for (int i = 0; filter != 0 && i < row.Length; i++)
        {
            int left = i >= step ? row[i - step] : 0,
                up = above[i],
                corner = i >= step ? above[i - step] : 0;
            int predicted = filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => Paeth(left, up, corner),
            };
            row[i] = (byte)(row[i] + predicted);
        }

        return true;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner;
        int toLeft = Math.Abs(estimate - left),
            toUp = Math.Abs(estimate - up),
            toCorner = Math.Abs(estimate - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left
            : toUp <= toCorner ? up
            : corner;
    }
}
