namespace Fovea.Workbench;

/// <summary>How a training run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs are done, or early stopping ended it.</summary>
    Finished,

    /// <summary>The user stopped it; what was done is saved.</summary>
    Interrupted,

    /// <summary>The loss or the weights were no longer finite numbers.</summary>
    Diverged,

    /// <summary>An answer as bad as the run was to stop on (<see cref="TrainingOptions.StopOn"/>); what was done is
    /// saved.</summary>
    Stopped,
}

/// <summary>What came of a training run.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">Why, where it ended before its last epoch; else null.</param>
/// <param name="Folder">The run folder; null where nothing is kept.</param>
/// <param name="Last">The last epoch's measurements; null before the end of the first.</param>
/// <param name="BestEpoch">The best epoch, from 1; 0 before the end of the first.</param>
/// <param name="Test">The best weights measured on the test items; null where training did not finish.</param>
public sealed record TrainingResult(
    TrainingOutcome Outcome,
    string? Message,
    string? Folder,
    Metrics? Last,
    int BestEpoch,
    EvaluationResult? Test
)
{
    /// <summary>The measured questions answered from what the run recorded, worst first; empty where it was not
    /// watched.</summary>
    public IReadOnlyList<Answer> Answers { get; init; } = [];

    /// <summary>Where numbers stopped being finite; null unless the run diverged.</summary>
    public NonFinite? NonFinite { get; init; }

    /// <summary>The share 0-1 of the time of all updates in which they waited for data; null where none was made. Of a run
    /// that was continued: since then.</summary>
    public double? DataWait { get; init; }

    /// <summary>The range test that found the learning rate; null where none was made now.</summary>
    public RateSearch? RateSearch { get; init; }
}
