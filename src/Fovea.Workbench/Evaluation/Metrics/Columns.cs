namespace Fovea.Workbench;

/// <summary>Sums kept for each value of an item, the columns of a table with an item a row.</summary>
internal static class Columns
{
    /// <summary>Makes sums at the first batch; at later ones requires the same number of values an item.</summary>
    /// <exception cref="ShapeException">The items have another number of values than those before.</exception>
    public static void Fit<T>(ref T[] sums, Tensor batch, string metric)
    {
        int columns = batch.Shape.Skip(1).Aggregate(1, (product, size) => product * size);
        if (sums.Length == 0)
        {
            sums = new T[columns];
        }

        if (sums.Length != columns)
        {
            throw new ShapeException(
                $"{metric}: items must have as many values as those before, {sums.Length}, got {columns} in {batch.Shape}. Pad them to one size."
            );
        }
    }
}
