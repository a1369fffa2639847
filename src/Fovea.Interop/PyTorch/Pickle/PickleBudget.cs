namespace Fovea.Interop.PyTorch;

/// <summary>How much memory the objects of a file may take: enough for any that was saved by a program, and too little for
/// one that was made to fill the memory.</summary>
/// <param name="file">For messages.</param>
/// <param name="fileBytes">The file's size.</param>
internal sealed class PickleBudget(string file, long fileBytes)
{
    private const long Least = 64L << 20;

    private readonly long _most = Least + (2 * fileBytes);
    private long _taken;

    /// <summary>Takes memory from the budget, before it is allocated.</summary>
    /// <exception cref="ModelFormatException">There is not so much left.</exception>
    public void Take(long bytes)
    {
        _taken += bytes;
        if (_taken > _most)
        {
            throw new ModelFormatException(
                $"{file}: the objects of the file would take more than {_most >> 20} MiB of memory, {_most / Math.Max(1, fileBytes):N0} times its size. No checkpoint needs that: it is damaged or made to harm."
            );
        }
    }
}
