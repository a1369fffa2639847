using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>What making tensors allocates, on all threads.</summary>
internal static class AllocatedMemory
{
    private const int Times = 20;

    /// <summary>Bytes of a tensor of floats: its objects and its elements.</summary>
    public static long OfTensor(Shape shape) => Least(() => Tensor.Uninitialized(shape, DType.Float32));

    /// <summary>Bytes that are allocated while a tensor is made: the least of several times, as other parts of the
    /// process allocate now and then. The tensors stay alive, so that each takes fresh memory.</summary>
    public static long Least(Func<Tensor> make)
    {
        List<Tensor> alive = new(2 * Times);
        long least = long.MaxValue;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        BlockPool.Trim();
        for (int i = 0; i < 2 * Times; i++)
        {
            long start = GC.GetTotalAllocatedBytes(precise: true);
            alive.Add(make());
            long bytes = GC.GetTotalAllocatedBytes(precise: true) - start;
            least = i < Times ? least : Math.Min(least, bytes); // the first ones warm up
        }

        GC.KeepAlive(alive);
        return least;
    }
}
