namespace Fovea.Workbench;

/// <summary>What a probe found that looks at a network when its training ends.</summary>
/// <param name="Lines">Its newest lines; empty where there are none.</param>
/// <param name="Missing">Why there are none; empty where there are.</param>
internal sealed record EndLook(IReadOnlyList<MeasuredProbe> Lines, string Missing)
{
    /// <summary>Reads it.</summary>
    /// <param name="measured">The run.</param>
    /// <param name="name">The probe.</param>
    /// <param name="needs">What the probe has nothing to try without, as a sentence.</param>
    public static EndLook Of(Measurements measured, string name, string needs)
    {
        if (measured.LastProbe(name) is not { } last)
        {
            return new EndLook(
                [],
                $"The probe '{name}' was not made: it is at the end of a run that pays for its {ProbeCatalog.Find(name)?.Cost:F0} steps, {50 * ProbeCatalog.Find(name)?.Cost:F0} updates or more, unless that is stopped or diverges, and of fovea diagnose MODEL --data D."
            );
        }

        MeasuredProbe[] lines = [.. measured.ProbesOf(name).Where(p => p.Step == last.Step && p.Values.Count > 0)];
        return new EndLook(
            lines,
            lines.Length > 0 ? ""
                : measured.Run.Untraced.Length > 0 ? $"The network cannot be traced: {measured.Run.Untraced}"
                : needs
        );
    }
}
