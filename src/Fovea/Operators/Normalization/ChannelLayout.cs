using Fovea.Kernels;

namespace Fovea;

/// <summary>How the values of the channels of a tensor lie, and how they are laid for the kernels.</summary>
/// <param name="Geometry">The sizes as the kernels see them.</param>
/// <param name="Turns">Whether the work is done on [C, N] instead of [N, C]: the values of a channel then lie
/// together.</param>
internal readonly record struct ChannelLayout(ChannelGeometry Geometry, bool Turns)
{
    /// <summary>The layout of [N, C] or [N, C, spatial...].</summary>
    public static ChannelLayout Of(Shape x) =>
        x.Rank == 2 && x[0] > 1
            ? new ChannelLayout(new ChannelGeometry(1, x[1], x[0]), Turns: true)
            : new ChannelLayout(GeometryOf(x), Turns: false);

    /// <summary>The sizes of [N, C] or [N, C, spatial...] as they are.</summary>
    public static ChannelGeometry GeometryOf(Shape x)
    {
        int plane = 1;
        foreach (int size in x.Sizes[2..])
        {
            plane = checked(plane * size);
        }

        return new ChannelGeometry(x[0], x[1], plane);
    }

    /// <summary>A tensor as the kernels take it, or back again: itself where nothing turns.</summary>
    public unsafe Tensor Turn<T>(Tensor tensor)
        where T : unmanaged
    {
        if (!Turns)
        {
            return tensor;
        }

        Tensor result = Tensor.Uninitialized([tensor.Shape[1], tensor.Shape[0]], tensor.DType);
        Transposed.Copy(tensor.Pointer<T>(), tensor.Shape[0], tensor.Shape[1], result.Pointer<T>());
        GC.KeepAlive(tensor);
        GC.KeepAlive(result);
        return result;
    }
}
