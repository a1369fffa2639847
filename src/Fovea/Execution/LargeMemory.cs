using System.Runtime.InteropServices;

namespace Fovea;

/// <summary>Memory for weights and activations. On Linux large blocks ask for large pages: the processor then translates an address for every 2 MB rather than every 4 KB.</summary>
internal static unsafe partial class LargeMemory
{
    private const nuint LargePage = 2 << 20;
    private const int UseLargePages = 14; // MADV_HUGEPAGE
    private const int Line = 64;

    /// <summary>Takes memory; give it back with <see cref="Free"/>.</summary>
    /// <param name="bytes">How much.</param>
    public static float* Take(long bytes)
    {
        bool large = OperatingSystem.IsLinux() && bytes >= (long)LargePage;
        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, large ? LargePage : Line);
        if (large)
        {
            Advise(memory, (nuint)bytes);
        }

        return (float*)memory;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(float* memory) => NativeMemory.AlignedFree(memory);

    /// <summary>Advice only: where the system refuses, or has no such call, pages stay small.</summary>
    private static void Advise(void* memory, nuint bytes)
    {
        try
        {
            _ = AdviseNative(memory, bytes, UseLargePages);
        }
        catch (EntryPointNotFoundException)
        {
        }
        catch (DllNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseNative(void* memory, nuint bytes, int advice);
}
