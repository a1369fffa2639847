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
        int head = Math.Min(step, row.Length); // what lies left of these is 0
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(((i < head ? 0 : row[i - step]) + above[i]) / 2);
                }

                break;
            case 4:
                for (int i = 0; i < head; i++)
                {
                    row[i] += above[i]; // the nearest of 0, above and 0
                }

                for (int i = step; i < row.Length; i++)
                {
                    row[i] += (byte)Paeth(row[i - step], above[i], above[i - step]);
                }

                break;
            default:
                return false;
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
