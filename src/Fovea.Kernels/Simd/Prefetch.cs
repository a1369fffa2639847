using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Asks the processor for memory that will be read soon. Hardware does so only within a page of 4 KB, and
/// weights come from far away once a run.</summary>
internal static unsafe class Prefetch
{
    private const int Distance = 2048; // floats: 8 KB, some 60 steps of a tile ahead

    /// <summary>Asks for the cache line <see cref="Distance"/> floats ahead; does nothing where the processor has no
    /// such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(float* position)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(position + Distance);
        }
    }

    /// <summary>Bytes to go on by with each of so many steps, to have asked for so many floats in the end: two lines at
    /// most, of which the processor fetches both.</summary>
    public static nint Step(long floats, long steps) =>
        (nint)Math.Min(128, ((floats * sizeof(float)) + steps - 1) / steps);

    /// <summary>Asks for a cache line, into the second cache: it is needed after what runs now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Later(float* position)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(position);
        }
    }
}
