namespace Fovea.Kernels;

/// <summary>A part of a map: rows of channel blocks.</summary>
/// <param name="FirstBlock">The first channel block.</param>
/// <param name="EndBlock">The one behind the last.</param>
/// <param name="FirstRow">The first row, of all slices.</param>
/// <param name="EndRow">The one behind the last.</param>
internal readonly record struct MapPart(int FirstBlock, int EndBlock, int FirstRow, int EndRow)
{
    private const int FewestRows = 4; // of a part; of fewer, windows make too much be read by two

    /// <summary>All of a map.</summary>
    public static MapPart All(BlockedLayout layout) => new(0, layout.Blocks, 0, layout.Rows);

    /// <summary>A part of so many, which all steps cut alike, so that a thread finds in its caches what it wrote: rows,
    /// or channel blocks of maps of few rows.</summary>
    /// <param name="layout">Layout of the map.</param>
    /// <param name="part">0 to <paramref name="parts"/> - 1.</param>
    /// <param name="parts">1 or more.</param>
    public static MapPart Of(BlockedLayout layout, int part, int parts)
    {
        bool byRows = layout.Rows >= FewestRows * parts || layout.Blocks < parts;
        (int firstBlock, int endBlock) = byRows ? (0, layout.Blocks) : WorkerPool.Share(layout.Blocks, part, parts);
        (int firstRow, int endRow) = byRows ? WorkerPool.Share(layout.Rows, part, parts) : (0, layout.Rows);
        return new(firstBlock, endBlock, firstRow, endRow);
    }
}
