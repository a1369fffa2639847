namespace Fovea.Kernels;

/// <summary>A part of a map: rows of channel blocks.</summary>
/// <param name="FirstBlock">The first channel block.</param>
/// <param name="EndBlock">The one behind the last.</param>
/// <param name="FirstRow">The first row, counted over all slices.</param>
/// <param name="EndRow">The one behind the last.</param>
internal readonly record struct MapPart(int FirstBlock, int EndBlock, int FirstRow, int EndRow)
{
    private const int FewestRows = 4; // rows of a part: with fewer, windows would make two threads read too many of the same rows

    /// <summary>All of a map.</summary>
    public static MapPart All(BlockedLayout layout) => new(0, layout.Blocks, 0, layout.Rows);

    /// <summary>One of several parts of a map: rows, or channel blocks where there are few rows. All steps cut maps in
    /// this way, so that a thread finds in its caches what it wrote.</summary>
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
