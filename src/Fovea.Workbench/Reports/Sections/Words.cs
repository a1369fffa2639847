namespace Fovea.Workbench.Reports;

/// <summary>Words of a page.</summary>
internal static class Words
{
    /// <summary>A verdict, as the terminal writes it.</summary>
    public static string Of(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fix => "fix",
            Verdict.Look => "look",
            Verdict.CannotTell => "cannot tell",
            Verdict.Ok => "ok",
            _ => "not applicable",
        };

    /// <summary>The sign before a verdict's word, so that colour does not say it alone.</summary>
    public static string Sign(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fix => "✖",
            Verdict.Look => "▲",
            Verdict.CannotTell => "?",
            Verdict.Ok => "✔",
            _ => "–",
        };

    /// <summary>A cause in words: <c>rate-too-high</c> is rate too high.</summary>
    public static string Of(string cause) => cause.Replace('-', ' ');

    /// <summary>How a run ended.</summary>
    public static string Of(TrainingOutcome? outcome) =>
        outcome switch
        {
            TrainingOutcome.Finished => "finished",
            TrainingOutcome.Interrupted => "stopped by its user",
            TrainingOutcome.Diverged => "failed",
            _ => "not ended when this page was written",
        };
}
