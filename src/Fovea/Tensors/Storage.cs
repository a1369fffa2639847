using System.Runtime.CompilerServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The memory behind one or more tensors: a block of the pool, returned to it when the last tensor over it is
/// collected.</summary>
/// <remarks>
/// The finalizer returns the block, so nobody calls Dispose. As the collector cannot know how soon memory is wanted
/// back,
/// a collection is asked for whenever the bytes handed out since the last one exceed the larger of
/// <see cref="SmallestBudget"/> and what was then alive:
/// memory stays within about twice the live tensors. A block whose span was given to user code is never reused; the
/// collector alone decides its end.
/// </remarks>
internal sealed class Storage
{
    private const long SmallestBudget = 128L << 20;

    private static long _created;
    private static long _sinceCollection;
    private static long _budget = SmallestBudget;

    private readonly int _offset;
    private float[]? _block;
    private volatile bool _exposed;
    private int _version;

    public Storage(long bytes)
    {
        MakeRoom(bytes);
        Serial = Interlocked.Increment(ref _created);
        _block = BlockPool.Rent((bytes + sizeof(float) - 1) / sizeof(float));
        _offset = BlockPool.AlignedOffset(_block);
    }

    ~Storage()
    {
        if (Interlocked.Exchange(ref _block, null) is not { } block)
        {
            return;
        }

        if (_exposed)
        {
            BlockPool.Abandon(block);
        }
        else
        {
            BlockPool.Return(block);
        }
    }

    /// <summary>How many have been made so far.</summary>
    public static long Created => Interlocked.Read(ref _created);

    /// <summary>Which one this is, counted from 1.</summary>
    public long Serial { get; }

    /// <summary>Counts writes, so that backward can tell that a value it saved was changed.</summary>
    public int Version => _version;

    /// <summary>Notes a write.</summary>
    public void Changed() => _version++;

    /// <summary>Pointer to the first byte; valid while this object is alive (see <see cref="GC.KeepAlive"/>).</summary>
    public unsafe byte* Pointer => (byte*)((float*)Unsafe.AsPointer(ref _block![0]) + _offset);

    /// <summary>A span user code may hold on to.</summary>
    public unsafe Span<T> Expose<T>(long offset, int count)
        where T : unmanaged
    {
        _exposed = true;
        ref byte start = ref Unsafe.As<float, byte>(ref _block![_offset]);
        return System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref Unsafe.Add(ref start, (nint)(offset * sizeof(T)))),
            count
        );
    }

    /// <summary>Gives the memory of tensors that are no longer referenced back to the system, now; takes some
    /// milliseconds.</summary>
    public static void Reclaim()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
        BlockPool.Trim();
    }

    private static void MakeRoom(long bytes)
    {
        if (Interlocked.Add(ref _sinceCollection, bytes) <= Interlocked.Read(ref _budget))
        {
            return;
        }

        Interlocked.Exchange(ref _sinceCollection, bytes);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
        if (BlockPool.FreeBytes > 2 * Math.Max(SmallestBudget, BlockPool.RentedBytes))
        {
            BlockPool.Trim(); // sizes have changed: blocks of the old ones would lie idle for good
        }

        Interlocked.Exchange(ref _budget, Math.Max(SmallestBudget, BlockPool.RentedBytes));
    }
}
