using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The one pool of memory for tensors and scratch: pinned, 64-byte aligned blocks in size classes, kept and
/// reused.</summary>
/// <remarks>
/// <para>A fresh array of 4 MiB costs over a millisecond in page faults; a pooled one does not. Blocks are managed
/// arrays on the
/// pinned heap, so the collector knows of every byte, a pointer into a block stays valid while its array is referenced,
/// and memory that leaves the pool is simply collected.</para>
/// <para>Sizes are rounded up to one of four classes an octave, so at most a fifth of a block is unused.</para>
/// </remarks>
internal static class BlockPool
{
    // Blocks above this are not kept: one oversized batch must not hold its memory for the life of the process.
    private const long LargestKept = 1L << 29;

    // Room to start at a 64-byte boundary, and one widest vector behind the last float: kernels may read, never write,
    // that far past the end.
    private const int SpareFloats = 32;
    private const int SmallestClass = 64;
    private const long SmallestLarge = 8L << 20; // bytes from which large pages pay: most of such a block is whole ones

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<float[]>> Free = [];
    private static long _freeFloats;
    private static long _rentedFloats;

    /// <summary>Bytes of blocks now handed out.</summary>
    public static long RentedBytes => Interlocked.Read(ref _rentedFloats) * sizeof(float);

    /// <summary>Bytes of blocks waiting for reuse.</summary>
    public static long FreeBytes => Interlocked.Read(ref _freeFloats) * sizeof(float);

    /// <summary>An array whose floats from <see cref="AlignedOffset"/> on number at least <paramref name="floats"/>;
    /// contents are arbitrary.</summary>
    public static float[] Rent(long floats)
    {
        int size = ClassOf(floats);
        float[] block = TakeFree(size) ?? Allocate(size);
        Interlocked.Add(ref _rentedFloats, size);
        return block;
    }

    /// <summary>Takes a block back. The caller must hold no pointer into it any more.</summary>
    public static void Return(float[] block)
    {
        int size = block.Length - SpareFloats;
        Interlocked.Add(ref _rentedFloats, -size);
        if (size > LargestKept / sizeof(float))
        {
            return;
        }

        lock (Gate)
        {
            if (!Free.TryGetValue(size, out Stack<float[]>? stack))
            {
                Free[size] = stack = new Stack<float[]>();
            }

            stack.Push(block);
            _freeFloats += size;
        }
    }

    /// <summary>Notes that a rented block will be left to the collector instead of being returned.</summary>
    public static void Abandon(float[] block) => Interlocked.Add(ref _rentedFloats, SpareFloats - block.Length);

    /// <summary>Drops every free block. On Linux their pages go back to the system at once, elsewhere when the
    /// collector finds that it has no use for them.</summary>
    public static unsafe void Trim()
    {
        float[][] blocks;
        lock (Gate)
        {
            blocks = [.. Free.Values.SelectMany(stack => stack)];
            Free.Clear();
            _freeFloats = 0;
        }

        foreach (float[] block in blocks)
        {
            fixed (float* start = block)
            {
                PageAdvice.GiveBack(start, (nuint)block.Length * sizeof(float));
            }
        }
    }

    private static float[]? TakeFree(int size)
    {
        lock (Gate)
        {
            if (Free.TryGetValue(size, out Stack<float[]>? stack) && stack.TryPop(out float[]? block))
            {
                _freeFloats -= size;
                return block;
            }
        }

        return null;
    }

    private static float[] Allocate(int size)
    {
        try
        {
            return Fresh(size);
        }
        catch (OutOfMemoryException)
        {
            // What lies free in other classes, and what dead tensors still hold, may be enough.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Trim();
            GC.Collect();
            return Fresh(size);
        }
    }

    private static unsafe float[] Fresh(int size)
    {
        float[] block = GC.AllocateUninitializedArray<float>(size + SpareFloats, pinned: true);
        if (size * (long)sizeof(float) >= SmallestLarge)
        {
            fixed (float* start = block)
            {
                PageAdvice.UseLarge(start, (nuint)block.Length * sizeof(float));
            }
        }

        return block;
    }

    /// <summary>Index of the first 64-byte aligned float of <paramref name="block"/>.</summary>
    public static unsafe int AlignedOffset(float[] block)
    {
        nuint address = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref block[0]);
        return (int)(((64 - (address & 63)) & 63) / sizeof(float));
    }

    /// <summary>The class size, in floats, that serves a request.</summary>
    public static int ClassOf(long floats)
    {
        long wanted = Math.Max(floats, SmallestClass);
        int shift = Math.Max(0, BitOperations.Log2((ulong)(wanted - 1)) - 2);
        long size = ((wanted - 1) >> shift) + 1 << shift;
        return size <= Array.MaxLength - SpareFloats
            ? (int)size
            : throw new InsufficientMemoryException(
                $"A block of {floats:N0} floats was asked for; a single tensor can hold at most {Array.MaxLength - SpareFloats:N0}."
            );
    }
}
