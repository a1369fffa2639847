using System.Runtime.InteropServices;

namespace Fovea.Kernels;

/// <summary>Memory for weights and activations. On Linux, large blocks ask for large pages.</summary>
internal static unsafe class LargeMemory
{
    private const nuint LargePage = 2 << 20;
    private const int Line = 64;

    /// <summary>Takes memory; give it back with <see cref="Free"/>.</summary>
    /// <param name="bytes">How much.</param>
    public static float* Take(long bytes)
    {
        bool large = OperatingSystem.IsLinux() && bytes >= (long)LargePage;
        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, large ? LargePage : Line);
        if (large)
        {
            PageAdvice.UseLarge(memory, (nuint)bytes);
        }

        return (float*)memory;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);
}
