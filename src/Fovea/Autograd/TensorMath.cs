using System.Numerics;
using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Arithmetic on whole tensors that is never recorded: what the backward pass and the optimizers compute
/// with.</summary>
internal static unsafe class TensorMath
{
    /// <summary>destination += source.</summary>
    public static void AddInPlace(Tensor destination, Tensor source)
    {
        if (destination.DType == DType.Float64)
        {
            AddInto<double>(destination, source, destination);
        }
        else
        {
            AddInto<float>(destination, source, destination);
        }

        destination.Storage.Changed();
    }

    /// <summary>a + b as a new tensor.</summary>
    public static Tensor Sum(Tensor a, Tensor b)
    {
        Tensor result = Tensor.Uninitialized(a.Shape, a.DType);
        if (a.DType == DType.Float64)
        {
            AddInto<double>(a, b, result);
        }
        else
        {
            AddInto<float>(a, b, result);
        }

        return result;
    }

    private static void AddInto<T>(Tensor a, Tensor b, Tensor result)
        where T : unmanaged, INumber<T>
    {
        T* pa = a.Pointer<T>(),
            pb = b.Pointer<T>(),
            pr = result.Pointer<T>();
        Chunks.For(
            a.Count,
            (start, length) =>
                TensorPrimitives.Add(
                    new ReadOnlySpan<T>(pa + start, length),
                    new ReadOnlySpan<T>(pb + start, length),
                    new Span<T>(pr + start, length)
                )
        );
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(result);
    }
}
