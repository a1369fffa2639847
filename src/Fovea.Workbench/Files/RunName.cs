using System.Globalization;
using System.Text;

namespace Fovea.Workbench;

/// <summary>Makes folder names that every system accepts.</summary>
public static class RunName
{
    private const int Longest = 80;

    private static readonly string[] Reserved =
    [
        "CON",
        "PRN",
        "AUX",
        "NUL",
        .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" }),
    ];

    /// <summary>One path element from any text: letters, digits, <c>-</c>, <c>_</c> and single dots inside; at most 80
    /// characters; no name Windows reserves.</summary>
    /// <param name="text">Any text, e.g. a model with its arguments.</param>
    /// <returns>A name that is never empty, <c>.</c> or <c>..</c>.</returns>
    public static string Sanitize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder name = new();
        foreach (char c in text)
        {
            char next = char.IsAsciiLetterOrDigit(c) || c is '_' or '.' ? c : '-';
            if (next is '-' or '.' && (name.Length == 0 || name[^1] is '-' or '.'))
            {
                continue;
            }

            name.Append(next);
        }

        string result = name.ToString(0, Math.Min(name.Length, Longest)).TrimEnd('-', '.');
        bool reserved = Reserved.Contains(result.Split('.')[0], StringComparer.OrdinalIgnoreCase);
        return result.Length == 0 ? "run"
            : reserved ? $"run-{result}"
            : result;
    }

    /// <summary>A folder that does not exist yet: <c>parent/name-date-time</c>, with a number behind where that is
    /// taken (two runs in one second, a clock set back).</summary>
    /// <param name="parent">The folder of all runs.</param>
    /// <param name="text">What the run is about, e.g. <c>resnet20-shapes</c>.</param>
    /// <param name="time">The clock.</param>
    public static string Unique(string parent, string text, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(time);
        string name =
            $"{Sanitize(text)}-{time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        string path = Path.Combine(parent, name);
        for (int i = 2; Path.Exists(path); i++)
        {
            path = Path.Combine(parent, $"{name}-{i.ToString(CultureInfo.InvariantCulture)}");
        }

        return path;
    }
}
