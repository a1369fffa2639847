using System.Globalization;

namespace Fovea.Cli;

/// <summary>Writes times for people.</summary>
internal static class Duration
{
    private const int DaysOfYear = 365;

    /// <summary>E.g. <c>8 s</c>, <c>2:05 min</c>, <c>1:02:05 h</c>, <c>3 days 4 h</c>, <c>more than a year</c>.</summary>
    public static string Text(TimeSpan time)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        TimeSpan t = TimeSpan.FromSeconds(Math.Min(Math.Round(time.TotalSeconds), TimeSpan.MaxValue.Days * 86400.0));
        return t.TotalMinutes < 1 ? string.Create(culture, $"{t.Seconds} s")
            : t.TotalHours < 1 ? string.Create(culture, $"{t.Minutes}:{t.Seconds:D2} min")
            : t.TotalDays < 1 ? string.Create(culture, $"{t.Hours}:{t.Minutes:D2}:{t.Seconds:D2} h")
            : t.TotalDays < DaysOfYear
                ? string.Create(culture, $"{t.Days} {(t.Days == 1 ? "day" : "days")} {t.Hours} h")
            : "more than a year";
    }
}
