namespace Fovea.Workbench;

/// <summary>What a probe gave that is tried when a run ends.</summary>
internal static class EndProbe
{
    /// <summary>Why there is nothing, in words.</summary>
    public const string NotTried =
            "Not tried yet: it is when a run ends that is watched in full, and by fovea diagnose MODEL --data D.",
        NothingToTry = "The network cannot be traced, has several inputs, or its maps have no rule.";

    /// <summary>The lines of the last time; none where it was not tried, or had nothing to try.</summary>
    /// <param name="measured">The run.</param>
    /// <param name="name">The probe's name.</param>
    public static IReadOnlyList<MeasuredProbe> Lines(Measurements measured, string name) =>
        measured.LastProbe(name) is { } last
            ? [.. measured.ProbesOf(name).Where(p => p.Step == last.Step && p.Values.Count > 0)]
            : [];

    /// <summary>Why there are no lines.</summary>
    /// <param name="measured">The run.</param>
    /// <param name="name">The probe's name.</param>
    public static string WhyNone(Measurements measured, string name) =>
        measured.LastProbe(name) is null ? NotTried : NothingToTry;
}
