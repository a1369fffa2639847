using Fovea.Kernels;

namespace Fovea;

/// <summary>Where a value lies while a compiled network runs.</summary>
/// <param name="Layout">How an item of it lies. A value without positions, [N, F], is a map of one pixel whose channel blocks lie a batch apart.</param>
/// <param name="ItemStride">Floats from an item to the next.</param>
/// <param name="Floats">Floats of the batch.</param>
internal sealed record NetworkBuffer(BlockedLayout Layout, long ItemStride, long Floats)
{
    /// <summary>Floats from the arena's start; set by the memory plan.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>A buffer for maps: items one after the other.</summary>
    public static NetworkBuffer Maps(BlockedLayout layout, int batch) => new(layout, layout.Item, layout.Item * batch);

    /// <summary>A buffer for vectors [N, F]: blocks of 16 features, in each the items one after the other.</summary>
    public static NetworkBuffer Rows(int features, int batch)
    {
        BlockedLayout layout = new(features, 1, 1, 1, PlaneStride: batch * TileCall.Block);
        return new NetworkBuffer(layout, TileCall.Block, (long)layout.Blocks * batch * TileCall.Block);
    }
}
