using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Fovea.Workbench;

/// <summary>Counts filters that are equal to the bit.</summary>
internal static class AlikeFilters
{
    /// <summary>Filters of a weight, along its first axis, that equal an earlier one.</summary>
    /// <param name="parameter">A parameter.</param>
    /// <returns>-1 for what is no weight of several axes, or holds no finite numbers.</returns>
    public static int Of(Parameter parameter)
    {
        if (parameter.Kind != ParameterKind.Weight || parameter.Shape.Rank < 2 || parameter.DType == DType.Int64)
        {
            return -1;
        }

        // Weights that are no numbers any more are all alike, and were not.
        if (!double.IsFinite(ParameterNorms.Of(parameter)))
        {
            return -1;
        }

        ReadOnlySpan<byte> bytes =
            parameter.DType == DType.Float64
                ? MemoryMarshal.AsBytes(parameter.AsSpan<double>())
                : MemoryMarshal.AsBytes(parameter.AsSpan<float>());
        int filters = parameter.Shape[0],
            size = bytes.Length / Math.Max(1, filters);
        HashSet<UInt128> seen = [];
        for (int i = 0; i < filters; i++)
        {
            seen.Add(XxHash128.HashToUInt128(bytes.Slice(i * size, size)));
        }

        return filters - seen.Count;
    }
}
