using Fovea.Kernels;

namespace Fovea;

/// <summary>Moves items between tensors and the buffers of an arena.</summary>
internal static unsafe class ItemCopy
{
    /// <summary>A value copied out of the arena.</summary>
    public static Tensor Read(byte* arena, NetworkBuffer buffer, Shape shape)
    {
        Tensor tensor = Tensor.Uninitialized(shape, DType.Float32);
        Read(arena, buffer, tensor, 0, shape.Rank == 0 ? 1 : shape[0]);
        return tensor;
    }

    /// <summary>Copies items out of the arena, to a tensor's items from <paramref name="first"/> on.</summary>
    public static void Read(byte* arena, NetworkBuffer buffer, Tensor tensor, int first, int items)
    {
        long floats = tensor.Count / (tensor.Rank == 0 ? 1 : tensor.Shape[0]);
        for (int item = 0; item < items; item++)
        {
            BlockedMaps.ToPlanes(
                buffer.Layout,
                buffer.At(arena, item),
                tensor.Pointer<float>() + (floats * (first + item))
            );
        }

        GC.KeepAlive(tensor);
    }

    /// <summary>Copies a tensor's items from <paramref name="first"/> on into the arena.</summary>
    public static void Write(Tensor tensor, int first, int items, byte* arena, NetworkBuffer buffer)
    {
        long floats = tensor.Count / tensor.Shape[0];
        for (int item = 0; item < items; item++)
        {
            float* to = buffer.At(arena, item);
            BlockedMaps.ZeroHalo(buffer.Layout, to, 0, buffer.Layout.Blocks);
            BlockedMaps.FromPlanes(tensor.Pointer<float>() + (floats * (first + item)), buffer.Layout, to);
        }

        GC.KeepAlive(tensor);
    }
}
