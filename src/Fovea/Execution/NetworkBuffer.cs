using Fovea.Kernels;

namespace Fovea;

/// <summary>Where a value lies while a compiled network runs.</summary>
/// <param name="layout">How an item of it lies. A value without positions, [N, F], is a map of one pixel whose channel
/// blocks lie a batch apart.</param>
/// <param name="itemStride">Floats from an item to the next.</param>
/// <param name="floats">Floats of the batch; 0 for a part of another buffer.</param>
internal sealed class NetworkBuffer(BlockedLayout layout, long itemStride, long floats)
{
    private long _offset = -1;

    /// <summary>How an item lies.</summary>
    public BlockedLayout Layout => layout;

    /// <summary>Floats from an item to the next.</summary>
    public long ItemStride => itemStride;

    /// <summary>Floats of the batch; 0 for a part of another buffer.</summary>
    public long Floats => floats;

    /// <summary>The buffer that this one is a part of; null where it has memory of its own.</summary>
    public NetworkBuffer? Whole { get; private init; }

    /// <summary>Floats from the arena's start; set by the memory plan, in a part floats from the whole's
    /// start.</summary>
    public long Offset
    {
        get => Whole is null ? _offset : Whole.Offset + _offset;
        set => _offset = value;
    }

    /// <summary>A buffer for maps: items one after the other.</summary>
    public static NetworkBuffer Maps(BlockedLayout layout, int batch) => new(layout, layout.Item, layout.Item * batch);

    /// <summary>Channels of a buffer for maps, from a block of it on.</summary>
    public static NetworkBuffer Part(NetworkBuffer whole, BlockedLayout layout, int block) =>
        new(layout, whole.ItemStride, 0) { Whole = whole, Offset = (long)block * layout.Plane };

    /// <summary>A buffer for vectors [N, F]: blocks of 16 features, in each the items one after the other.</summary>
    public static NetworkBuffer Rows(int features, int batch)
    {
        BlockedLayout layout = new(features, 1, 1, 1, planeStride: batch * TileCall.Block);
        return new NetworkBuffer(layout, TileCall.Block, (long)layout.Blocks * batch * TileCall.Block);
    }

    /// <summary>Copies the pixel of maps of one pixel, 16 values a block.</summary>
    public unsafe void ReadPixel(float* arena, int item, float* values)
    {
        float* from = arena + Offset + (item * itemStride) + layout.Origin;
        for (int block = 0; block < layout.Blocks; block++)
        {
            new ReadOnlySpan<float>(from + ((long)block * layout.Plane), TileCall.Block).CopyTo(
                new Span<float>(values + (block * TileCall.Block), TileCall.Block)
            );
        }
    }

    /// <summary>Writes the zeros around the maps of a batch, a part of them.</summary>
    public unsafe void ZeroHalos(float* arena, int batch, int part, int parts)
    {
        int blocks = layout.Blocks;
        (int first, int end) = WorkerPool.Share(batch * blocks, part, parts);
        while (first < end)
        {
            (int item, int block) = Math.DivRem(first, blocks);
            int count = Math.Min(end - first, blocks - block);
            BlockedMaps.ZeroHalo(layout, arena + Offset + (item * itemStride), block, block + count);
            first += count;
        }
    }
}
