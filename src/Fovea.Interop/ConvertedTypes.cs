using System.Globalization;
using Fovea.Files;

namespace Fovea.Interop;

/// <summary>What was converted while a file was read.</summary>
internal static class ConvertedTypes
{
    /// <summary>Counts a tensor, if its elements were converted.</summary>
    public static void Count(Dictionary<string, int> converted, StoredType type)
    {
        if (!type.IsKept)
        {
            converted[type.Name] = converted.GetValueOrDefault(type.Name) + 1;
        }
    }

    /// <summary>Says what was converted, a sentence a type.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyDictionary<string, int> converted) =>
        [
            .. converted
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(c =>
                    $"{c.Value.ToString(CultureInfo.InvariantCulture)} of {c.Key} {(c.Value == 1 ? "was" : "were")} converted to {(c.Key.Contains("float", StringComparison.Ordinal) ? "Float32" : "Int64")}"
                ),
        ];
}
