namespace Fovea.Data;

/// <summary>The argument checks every data set shares.</summary>
internal static class ItemAccess
{
    /// <summary>Requires that an item exists.</summary>
    public static void CheckIndex(IDataset data, int index)
    {
        if ((uint)index >= (uint)data.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index),
                $"{data.Name}: items are 0 to {data.Count - 1}, got {index}."
            );
        }
    }

    /// <summary>Requires that an item exists and that the destination has its length.</summary>
    public static void Check(IDataset data, int index, ReadOnlySpan<float> destination)
    {
        CheckIndex(data, index);
        if (destination.Length != data.ItemShape.Count)
        {
            throw new ArgumentException(
                $"{data.Name}: the destination must have the {data.ItemShape.Count} elements of an item {data.ItemShape}, got {destination.Length}.",
                nameof(destination)
            );
        }
    }
}
