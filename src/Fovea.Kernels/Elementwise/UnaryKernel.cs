using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Runs an elementwise function over memory.</summary>
/// <remarks>Lanes are consecutive elements. The last, partial vector goes through a buffer on the stack, so that its
/// elements are computed as all others. y may be x.</remarks>
internal static unsafe class UnaryKernel<T, TFunction>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFunction : struct, IUnaryFunction
{
    /// <summary>y = f(x).</summary>
    public static void Forward(TFunction function, T* x, T* y, long count) =>
        Chunks.For(count, (start, length) => ForwardChunk(function, x + start, y + start, length));

    /// <summary>y = f(x), on the calling thread.</summary>
    public static void Run(TFunction function, T* x, T* y, int count) => ForwardChunk(function, x, y, count);

    /// <summary>dx = f'(x) dy. <paramref name="saved"/> is x or y as the function says; null where it wants
    /// nothing.</summary>
    public static void Backward(TFunction function, T* saved, T* dy, T* dx, long count)
    {
        if (saved is null)
        {
            Chunks.For(count, (start, length) => LinearChunk(function, dy + start, dx + start, length));
        }
        else
        {
            Chunks.For(
                count,
                (start, length) => BackwardChunk(function, saved + start, dy + start, dx + start, length)
            );
        }
    }

    /// <summary>dx = f'(x) dy, on the calling thread.</summary>
    public static void RunBackward(TFunction function, T* saved, T* dy, T* dx, int count)
    {
        if (saved is null)
        {
            LinearChunk(function, dy, dx, count);
        }
        else
        {
            BackwardChunk(function, saved, dy, dx, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardChunk(TFunction function, T* x, T* y, int count)
    {
        int lanes = Vector<T>.Count,
            i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            function.Value(Vector.Load(x + i)).Store(y + i);
        }

        if (i < count)
        {
            PartialVector.Store(function.Value(PartialVector.Load(x + i, count - i)), y + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardChunk(TFunction function, T* saved, T* dy, T* dx, int count)
    {
        int lanes = Vector<T>.Count,
            i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            function.Gradient(Vector.Load(saved + i), Vector.Load(dy + i)).Store(dx + i);
        }

        if (i < count)
        {
            int rest = count - i;
            PartialVector.Store(
                function.Gradient(PartialVector.Load(saved + i, rest), PartialVector.Load(dy + i, rest)),
                dx + i,
                rest
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LinearChunk(TFunction function, T* dy, T* dx, int count)
    {
        int lanes = Vector<T>.Count,
            i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            function.Gradient(Vector<T>.Zero, Vector.Load(dy + i)).Store(dx + i);
        }

        if (i < count)
        {
            PartialVector.Store(
                function.Gradient(Vector<T>.Zero, PartialVector.Load(dy + i, count - i)),
                dx + i,
                count - i
            );
        }
    }
}
