namespace Fovea.Kernels;

/// <summary>A matrix turned on its side, so that what lay apart in memory lies together.</summary>
internal static unsafe class Transposed
{
    private const int Tile = 16;

    /// <summary>Writes y[column, row] = x[row, column]. x and y must not overlap.</summary>
    public static void Copy<T>(T* x, int rows, int columns, T* y)
        where T : unmanaged
    {
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                for (int row = top; row < Math.Min(rows, top + Tile); row++)
                {
                    for (int column = left; column < Math.Min(columns, left + Tile); column++)
                    {
                        y[((long)column * rows) + row] = x[((long)row * columns) + column];
                    }
                }
            }
        }
    }
}
