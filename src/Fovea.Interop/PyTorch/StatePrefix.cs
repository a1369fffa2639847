using System.Globalization;

namespace Fovea.Interop.PyTorch;

/// <summary>What wrappers of PyTorch put before all names of a network: <c>module.</c> by DataParallel, <c>_orig_mod.</c>
/// by <c>torch.compile</c>, <c>model.</c> by training programs.</summary>
internal static class StatePrefix
{
    private const int MostNamed = 4;

    private static readonly string[] Known = ["module.", "_orig_mod.", "model."];

    /// <summary>What all names begin with of these, one inside the other or not; empty for nothing.</summary>
    public static string Of(IReadOnlyList<string> names)
    {
        string prefix = "";
        while (
            Array.Find(
                Known,
                k => names.Count > 0 && names.All(n => n.AsSpan(prefix.Length).StartsWith(k, StringComparison.Ordinal))
            )
                is { } next
        )
        {
            prefix += next;
        }

        return prefix;
    }

    /// <summary>Says which names lack a prefix that nearly all have; null where there is none such.</summary>
    public static string? Leftovers(IReadOnlyList<string> names)
    {
        foreach (string prefix in Known)
        {
            string[] others = [.. names.Where(n => !n.StartsWith(prefix, StringComparison.Ordinal))];
            if (names.Count > 1 && others.Length > 0 && others.Length <= names.Count / 4)
            {
                string more =
                    others.Length > MostNamed
                        ? $" and {(others.Length - MostNamed).ToString(CultureInfo.InvariantCulture)} more"
                        : "";
                return $"'{prefix}' stays before {(names.Count - others.Length).ToString(CultureInfo.InvariantCulture)} names, as these have it not: {string.Join(", ", others.Take(MostNamed))}{more}";
            }
        }

        return null;
    }
}
