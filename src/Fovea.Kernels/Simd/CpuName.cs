using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Which processor this is: times measured on one say little about another.</summary>
internal static class CpuName
{
    private const uint FirstLeaf = 0x80000002;
    private const int Leaves = 3; // of 16 characters

    /// <summary>Maker, family and model; null where the processor does not tell.</summary>
    public static CpuIdentity? Identity { get; } = Identify();

    /// <summary>One line of printable ASCII, e.g. <c>Intel(R) Xeon(R) Processor, family 6, model 207</c>; where the
    /// processor does not tell, its architecture, e.g. <c>Arm64</c>.</summary>
    public static string Text { get; } = Find();

    /// <summary>Leaf 0 of CPUID spells the maker, leaf 1 has family and model with their extensions (Intel SDM volume 2,
    /// CPUID).</summary>
    private static CpuIdentity? Identify()
    {
        if (!X86Base.IsSupported)
        {
            return null;
        }

        (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
        Span<byte> vendor = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(vendor, ebx);
        BinaryPrimitives.WriteInt32LittleEndian(vendor[4..], edx);
        BinaryPrimitives.WriteInt32LittleEndian(vendor[8..], ecx);
        int signature = X86Base.CpuId(1, 0).Eax,
            family = (signature >> 8) & 15,
            model = (signature >> 4) & 15;
        model += family is 6 or 15 ? (signature >> 12) & 0xF0 : 0;
        family += family == 15 ? (signature >> 20) & 255 : 0;
        return new(Clean(vendor), family, model);
    }

    /// <summary>The brand string (Intel SDM volume 2, CPUID), and family and model, as hypervisors give many models one
    /// brand.</summary>
    private static string Find()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString();
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < FirstLeaf + Leaves - 1)
        {
            return architecture;
        }

        Span<byte> text = stackalloc byte[16 * Leaves];
        for (int leaf = 0; leaf < Leaves; leaf++)
        {
            (int eax, int ebx, int ecx, int edx) = X86Base.CpuId((int)(FirstLeaf + (uint)leaf), 0);
            Span<byte> part = text.Slice(16 * leaf, 16);
            BinaryPrimitives.WriteInt32LittleEndian(part, eax);
            BinaryPrimitives.WriteInt32LittleEndian(part[4..], ebx);
            BinaryPrimitives.WriteInt32LittleEndian(part[8..], ecx);
            BinaryPrimitives.WriteInt32LittleEndian(part[12..], edx);
        }

        string brand = Clean(text);
        return $"{(brand.Length > 0 ? brand : architecture)}, family {Identity?.Family}, model {Identity?.Model}";
    }

    /// <summary>Words with one space between them; whatever is not printable counts as a space.</summary>
    private static string Clean(ReadOnlySpan<byte> text)
    {
        Span<char> clean = stackalloc char[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            clean[i] = text[i] is > 32 and < 127 ? (char)text[i] : ' ';
        }

        return string.Join(' ', new string(clean).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
