using Fovea.Kernels;

namespace Fovea;

/// <summary>Moves items between tensors and the buffers of an arena.</summary>
internal static unsafe class ItemCopy
{
    /// <summary>A value copied out of the arena.</summary>
    public static Tensor Read(byte* arena, NetworkBuffer buffer, Shape shape, DType dtype)
    {
        Tensor tensor = Tensor.Uninitialized(shape, dtype);
        Read(arena, buffer, tensor, 0, buffer.IsPlainTensor ? 1 : shape[0]);
        return tensor;
    }

    /// <summary>Copies items out of the arena, to a tensor's items from <paramref name="first"/> on; a tensor that is not
    /// made of items as one.</summary>
    public static void Read(byte* arena, NetworkBuffer buffer, Tensor tensor, int first, int items)
    {
        long floats = FloatsOfItem(tensor, buffer);
        for (int item = 0; item < (buffer.IsPlainTensor ? 1 : items); item++)
        {
            BlockedMaps.ToPlanes(
                buffer.Layout,
                buffer.At(arena, item),
                tensor.Pointer<float>() + (floats * (first + item))
            );
        }

        GC.KeepAlive(tensor);
    }

    /// <summary>Copies a tensor's items from <paramref name="first"/> on into the arena; a tensor that is not made of
    /// items as one.</summary>
    public static void Write(Tensor tensor, int first, int items, byte* arena, NetworkBuffer buffer)
    {
        long floats = FloatsOfItem(tensor, buffer);
        for (int item = 0; item < (buffer.IsPlainTensor ? 1 : items); item++)
        {
            float* to = buffer.At(arena, item);
            BlockedMaps.ZeroHalo(buffer.Layout, to, 0, buffer.Layout.Blocks);
            BlockedMaps.FromPlanes(tensor.Pointer<float>() + (floats * (first + item)), buffer.Layout, to);
        }

        GC.KeepAlive(tensor);
    }

    private static long FloatsOfItem(Tensor tensor, NetworkBuffer buffer) =>
        buffer.IsPlainTensor
            ? tensor.Count * Tensor.SizeOf(tensor.DType) / sizeof(float)
            : tensor.Count / tensor.Shape[0];
}
