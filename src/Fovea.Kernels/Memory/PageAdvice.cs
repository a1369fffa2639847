using System.Runtime.InteropServices;

namespace Fovea.Kernels;

/// <summary>What Linux is told about memory. Advice only: on other systems, and where it is refused, nothing
/// happens.</summary>
internal static unsafe partial class PageAdvice
{
    private const int NotNeeded = 4; // MADV_DONTNEED
    private const int UseLargePages = 14; // MADV_HUGEPAGE

    /// <summary>Asks for large pages for the whole pages within some memory: their addresses are translated once for
    /// 2 MB rather than for 4 KB.</summary>
    /// <param name="memory">Where it begins.</param>
    /// <param name="bytes">How much.</param>
    public static void UseLarge(void* memory, nuint bytes) => AdviseWithin(memory, bytes, UseLargePages);

    /// <summary>Gives the whole pages within some memory back to the system; it stays the caller's, and what is read
    /// there next is arbitrary.</summary>
    /// <param name="memory">Where it begins.</param>
    /// <param name="bytes">How much.</param>
    public static void GiveBack(void* memory, nuint bytes) => AdviseWithin(memory, bytes, NotNeeded);

    private static void AdviseWithin(void* memory, nuint bytes, int advice)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint first = ((nuint)memory + page - 1) / page * page,
            end = ((nuint)memory + bytes) / page * page;
        if (end > first)
        {
            Advise((void*)first, end - first, advice);
        }
    }

    private static void Advise(void* memory, nuint bytes, int advice)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = AdviseNative(memory, bytes, advice);
        }
        catch (EntryPointNotFoundException) { }
        catch (DllNotFoundException) { }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseNative(void* memory, nuint bytes, int advice);
}
