namespace Fovea.Data;

/// <summary>How large things may be that a file, a checkpoint or an option decides, so that a wrong or hostile one is
/// refused before memory is taken.</summary>
internal static class ItemLimits
{
    /// <summary>The most values of one item: an image of 8192 x 8192, or 256 MiB as floats.</summary>
    public const int MostValues = 1 << 26;

    /// <summary>The most values of one batch: 2 GiB as floats.</summary>
    public const long MostBatchValues = 1L << 29;

    /// <summary>The most bytes one part of a generated set takes: 512 MiB.</summary>
    public const long MostGeneratedBytes = 1L << 29;

    /// <summary>The number of items of a part of a generated set.</summary>
    /// <param name="set">The set's name.</param>
    /// <param name="count">What was asked for, or null for the set's own number.</param>
    /// <param name="ownCount">The set's own number.</param>
    /// <param name="itemBytes">Bytes an item takes in memory.</param>
    /// <param name="option">The option that asks, for the message.</param>
    /// <exception cref="ArgumentException">The part would take more memory than a generated part may.</exception>
    public static int GeneratedCount(string set, int? count, int ownCount, int itemBytes, string option)
    {
        long most = MostGeneratedBytes / itemBytes;
        return (count ?? ownCount) <= most
            ? count ?? ownCount
            : throw new ArgumentException(
                $"{set}: {option} must be 1 to {most} ({MostGeneratedBytes >> 20} MiB at {itemBytes} bytes an item), got {count}."
            );
    }
}
