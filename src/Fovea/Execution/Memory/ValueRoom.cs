using Fovea.Kernels;

namespace Fovea;

/// <summary>The room that a value needs in the arena, before it has a place.</summary>
/// <param name="Whole">The value in whose memory it lies; itself where it has memory of its own.</param>
/// <param name="Layout">How an item lies.</param>
/// <param name="ItemStride">Floats from an item to the next; 0 for a tensor that is not made of items.</param>
/// <param name="Within">Floats from the start of the whole.</param>
/// <param name="Floats">Floats of the batch, from there on.</param>
internal readonly record struct ValueRoom(Value Whole, BlockedLayout Layout, long ItemStride, long Within, long Floats)
{
    /// <summary>The room of a value for a number of items.</summary>
    public static ValueRoom Of(Value value, LayoutPlan layouts, int batch) =>
        value.DType != DType.Float32 || !BatchAxis.IsByItems(value.Shape) ? OfPlainTensor(value, batch)
        : layouts[value] is not { } layout ? OfVectors(value, batch)
        : layouts.Concatenations[value] is { } place ? OfPiece(layout, layouts[place.Whole]!, place, batch)
        : OfMaps(value, layout, batch);

    /// <summary>The room of the sums of a value's rows: 16 floats for each block of channels and row.</summary>
    public static ValueRoom OfRowSums(Value value, LayoutPlan layouts, int batch)
    {
        BlockedLayout map = layouts[value]!;
        return OfMaps(value, new BlockedLayout(map.Channels, 1, 1, map.Rows), batch);
    }

    /// <summary>Maps: items one after the other.</summary>
    private static ValueRoom OfMaps(Value value, BlockedLayout layout, int batch) =>
        new(value, layout, layout.Item, 0, layout.Item * batch);

    /// <summary>Channels of other maps, from a block of theirs on.</summary>
    private static ValueRoom OfPiece(
        BlockedLayout layout,
        BlockedLayout whole,
        (Value Whole, int Block) place,
        int batch
    ) =>
        new(
            place.Whole,
            layout,
            whole.Item,
            (long)place.Block * layout.Plane,
            (whole.Item * (batch - 1)) + layout.Item
        );

    /// <summary>A tensor that is not made of items, or not of Float32: one row of as many floats as it has words of four
    /// bytes.</summary>
    private static ValueRoom OfPlainTensor(Value value, int batch)
    {
        int count = checked((int)(value.Shape.At(batch).Count * Tensor.SizeOf(value.DType) / sizeof(float)));
        return new(value, new BlockedLayout(1, 1, 1, count, lanes: 1), 0, 0, count);
    }

    /// <summary>Vectors [N, F]: blocks of 16 features, in each the items one after the other.</summary>
    private static ValueRoom OfVectors(Value value, int batch)
    {
        BlockedLayout layout = new(checked((int)value.Shape.Item.Count), 1, 1, 1, planeStride: batch * TileCall.Block);
        return new(value, layout, TileCall.Block, 0, (long)layout.Blocks * batch * TileCall.Block);
    }
}
