using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Asks the processor what decisions need to know of it: the only place that does.</summary>
internal static class CpuDetection
{
    private const int IntelCaches = 4;
    private const int AmdCaches = unchecked((int)0x8000001D);
    private const int MostCaches = 8;

    /// <summary>The profile of this processor: rates of its kind, all else as it tells; where it does not, usual
    /// values.</summary>
    /// <param name="bits">Vector width that kernels run at.</param>
    public static CpuProfile Detect(int bits)
    {
        CpuProfile known = CpuFamilies.Of(CpuName.Identity)?.At(bits) ?? Usual(bits);
        bool isFused = Fma.IsSupported || AdvSimd.IsSupported;
        return (known.IsFused == isFused ? known : Usual(bits)) with
        {
            Registers = bits == 512 || Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported ? 32 : 16,
            IsFused = isFused,
            FirstCache = Cache(1, 8 << 10, 1 << 20) ?? known.FirstCache,
            SecondCache = Cache(2, 128 << 10, 64 << 20) ?? known.SecondCache,
            ThirdCache = Cache(3, 512 << 10, 4L << 30) ?? 0,
        };
    }

    /// <summary>A processor of which nothing is known but its width.</summary>
    private static CpuProfile Usual(int bits) =>
        new()
        {
            Bits = bits,
            Registers = bits == 512 ? 32 : 16,
            FirstCache = 32 << 10,
            SecondCache = 1 << 20,
        };

    /// <summary>Bytes of a cache; null where the processor does not tell, or nothing credible.</summary>
    private static long? Cache(int level, long least, long most)
    {
        if (!X86Base.IsSupported)
        {
            return null;
        }

        long amd =
            (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax >= unchecked((uint)AmdCaches)
                ? SizeOf(level, AmdCaches)
                : 0;
        long size =
            amd > 0 ? amd
            : X86Base.CpuId(0, 0).Eax >= IntelCaches ? SizeOf(level, IntelCaches)
            : 0;
        return size >= least && size <= most ? size : null;
    }

    /// <summary>Leaf 4 of CPUID lists the caches; AMD lists them in leaf 0x8000001D in the same form (Intel SDM volume
    /// 2, CPUID; AMD APM volume 3, appendix E).</summary>
    private static long SizeOf(int level, int leaf)
    {
        const int Instructions = 2;
        for (int index = 0; index < MostCaches; index++)
        {
            (int eax, int ebx, int ecx, _) = X86Base.CpuId(leaf, index);
            int kind = eax & 31;
            if (kind == 0)
            {
                return 0;
            }

            if (((eax >> 5) & 7) == level && kind != Instructions)
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
