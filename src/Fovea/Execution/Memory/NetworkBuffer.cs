using Fovea.Kernels;

namespace Fovea;

/// <summary>Where the values of a batch lie in an arena.</summary>
/// <param name="layout">How an item lies. A value without positions, [N, F], is a map of one pixel; its channel blocks
/// lie a batch apart.</param>
/// <param name="itemStride">Floats from an item to the next; 0 for a tensor that is not made of items.</param>
/// <param name="offset">Bytes from the arena's start to the first item.</param>
internal sealed class NetworkBuffer(BlockedLayout layout, long itemStride, long offset)
{
    /// <summary>How an item lies.</summary>
    public BlockedLayout Layout => layout;

    /// <summary>Floats from an item to the next.</summary>
    public long ItemStride => itemStride;

    /// <summary>Whether it holds a tensor that is not made of items, as one.</summary>
    public bool IsPlainTensor => itemStride == 0;

    /// <summary>Bytes from the arena's start to the first item.</summary>
    public long Offset => offset;

    /// <summary>Where an item begins.</summary>
    public unsafe float* At(byte* arena, int item = 0) => (float*)(arena + offset) + (item * itemStride);

    /// <summary>Copies the pixel of maps of one pixel, 16 values a block.</summary>
    public unsafe void ReadPixel(byte* arena, int item, float* values)
    {
        float* from = At(arena, item) + layout.Origin;
        for (int block = 0; block < layout.Blocks; block++)
        {
            new ReadOnlySpan<float>(from + ((long)block * layout.Plane), TileCall.Block).CopyTo(
                new Span<float>(values + (block * TileCall.Block), TileCall.Block)
            );
        }
    }

    /// <summary>Writes a part of the zeros around the maps of a batch.</summary>
    public unsafe void ZeroHalos(byte* arena, int batch, int part, int parts)
    {
        int blocks = layout.Blocks;
        (int first, int end) = WorkerPool.Share(batch * blocks, part, parts);
        while (first < end)
        {
            (int item, int block) = Math.DivRem(first, blocks);
            int count = Math.Min(end - first, blocks - block);
            BlockedMaps.ZeroHalo(layout, At(arena, item), block, block + count);
            first += count;
        }
    }
}
