using System.Globalization;

namespace Fovea.Cli;

/// <summary>Writes times for people.</summary>
internal static class Duration
{
    /// <summary>E.g. <c>8 s</c>, <c>2:05 min</c>, <c>1:02:05 h</c>.</summary>
    public static string Text(TimeSpan time) =>
        time.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s")
        : time.TotalHours < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:D2} min")
        : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2} h");
}
