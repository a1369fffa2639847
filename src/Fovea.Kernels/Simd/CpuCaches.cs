using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Sizes of the processor's caches. They decide how work is cut up, never what is computed.</summary>
internal static class CpuCaches
{
    private const long Usual = 1 << 20;

    /// <summary>Bytes of the second cache of a core; 1 MB where the processor does not tell.</summary>
    public static long Second { get; } = FindSecond();

    /// <summary>Leaf 4 of CPUID lists the caches; AMD lists them in leaf 0x8000001D in the same form (Intel SDM volume
    /// 2, CPUID; AMD APM volume 3, appendix E).</summary>
    private static long FindSecond()
    {
        if (!X86Base.IsSupported)
        {
            return Usual;
        }

        long amd =
            X86Base.CpuId(unchecked((int)0x80000000), 0).Eax is int last && (uint)last >= 0x8000001D
                ? SecondOf(unchecked((int)0x8000001D))
                : 0;
        long size =
            amd > 0 ? amd
            : X86Base.CpuId(0, 0).Eax >= 4 ? SecondOf(4)
            : 0;
        return size is >= 128 << 10 and <= 64 << 20 ? size : Usual;
    }

    private static long SecondOf(int leaf)
    {
        for (int index = 0; index < 8; index++)
        {
            (int eax, int ebx, int ecx, _) = X86Base.CpuId(leaf, index);
            int kind = eax & 31,
                level = (eax >> 5) & 7;
            if (kind == 0)
            {
                return 0;
            }

            if (level == 2)
            {
                long line = (ebx & 0xFFF) + 1,
                    partitions = ((ebx >> 12) & 0x3FF) + 1,
                    ways = ((ebx >> 22) & 0x3FF) + 1,
                    sets = (uint)ecx + 1L;
                return line * partitions * ways * sets;
            }
        }

        return 0;
    }
}
