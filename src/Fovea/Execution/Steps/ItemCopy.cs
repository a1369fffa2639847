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
        for (int item = 0; item < (buffer.IsPlainTensor ? 1 : items); item++)
        {
            ReadItem(arena, buffer, item, tensor, first + item);
        }
    }

    /// <summary>Copies an item out of the arena, to an item of a tensor.</summary>
    public static void ReadItem(byte* arena, NetworkBuffer buffer, int item, Tensor tensor, int to)
    {
        BlockedMaps.ToPlanes(
            buffer.Layout,
            buffer.At(arena, item),
            tensor.Pointer<float>() + (FloatsOfItem(tensor, buffer) * to)
        );
        GC.KeepAlive(tensor);
    }

    /// <summary>Copies a tensor's items from <paramref name="first"/> on into the arena; a tensor that is not made of
    /// items as one.</summary>
    public static void Write(Tensor tensor, int first, int items, byte* arena, NetworkBuffer buffer)
    {
        for (int item = 0; item < (buffer.IsPlainTensor ? 1 : items); item++)
        {
            WriteItem(tensor, first + item, arena, buffer, item);
        }
    }

    /// <summary>Copies an item of a tensor into the arena.</summary>
    public static void WriteItem(Tensor tensor, int from, byte* arena, NetworkBuffer buffer, int item)
    {
        float* to = buffer.At(arena, item);
        BlockedMaps.ZeroHalo(buffer.Layout, to, 0, buffer.Layout.Blocks);
        BlockedMaps.FromPlanes(tensor.Pointer<float>() + (FloatsOfItem(tensor, buffer) * from), buffer.Layout, to);
        GC.KeepAlive(tensor);
    }

    private static long FloatsOfItem(Tensor tensor, NetworkBuffer buffer) =>
        buffer.IsPlainTensor
            ? tensor.Count * Tensor.SizeOf(tensor.DType) / sizeof(float)
            : tensor.Count / tensor.Shape[0];
}
