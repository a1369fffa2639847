namespace Fovea.Workbench;

/// <summary>What a run says unasked: choices it made by itself, and figures that need an explanation.</summary>
internal static class TrainingRemarks
{
    // Above this share of the time a run is told what would shorten the waiting.
    private const double LongWait = 0.1;

    // Less than this is the start of threads and caches, and not worth a word.
    private static readonly TimeSpan WorthShortening = TimeSpan.FromSeconds(5);

    /// <summary>Choices the user did not make.</summary>
    /// <param name="session">The session.</param>
    /// <param name="request">What was asked for; null where a program decided every option itself.</param>
    public static IEnumerable<string> Choices(TrainingSession session, TrainingRequest? request)
    {
        int items = session.Task.Count;
        if (session.Options.Batch > items)
        {
            yield return FormattableString.Invariant(
                $"A batch of {session.Options.Batch:N0} is more than the {items:N0} items to learn from: every epoch is one batch of {items:N0}."
            );
        }

        if (request is { Validation: null } && session.Task.HeldOutCount == 0)
        {
            yield return FormattableString.Invariant(
                $"No items are held out, as {items:N0} are few: the lowest training loss chooses the epoch. --validation 0.2 holds a fifth out."
            );
        }
    }

    /// <summary>What the structure of the network says that must be mended, before time is spent on training it.</summary>
    /// <param name="session">The session.</param>
    public static IEnumerable<string> Structure(TrainingSession session)
    {
        if (session.Trace() is not { } graph)
        {
            return [];
        }

        return QuestionCatalog.Ask(new Evidence(graph)).Where(a => a.Verdict == Verdict.Fix).Select(Say);
    }

    /// <summary>An answer as a notice.</summary>
    public static string Say(Answer answer) =>
        $"{AnswerJson.Word(answer.Verdict)} {answer.Id} {answer.Question} {answer.Finding}{(answer.Remedy.Length > 0 ? $" Remedy: {answer.Remedy}" : "")}";

    /// <summary>Which learning rate was found, and how; null where none was searched.</summary>
    public static string? Found(RateSearch? search, TrainingOptions options) =>
        search is null
            ? null
            : FormattableString.Invariant(
                $"Learning rate {search.Rate:G3} (--lr auto), found {search.Finding}. Schedule: {options.Schedule}."
            );

    /// <summary>What would shorten the waiting for data; null where it is short.</summary>
    /// <param name="session">The session.</param>
    /// <param name="wait">How long training waited.</param>
    public static string? Waiting(TrainingSession session, DataWait wait)
    {
        double? share = wait.Share;
        if (share is not > LongWait || wait.Waited < WorthShortening)
        {
            return null;
        }

        int workers = session.Loader.Workers;
        List<string> ways = [];
        if (workers < Environment.ProcessorCount)
        {
            ways.Add(
                FormattableString.Invariant(
                    $"more threads that prepare items (--workers {Environment.ProcessorCount}; it had {workers})"
                )
            );
        }

        if (session.Task.HasPictures)
        {
            ways.Add("pictures that are stored smaller, as each is decoded anew in every epoch");
        }

        if (session.Options.Augment != TrainingOptions.None)
        {
            ways.Add("less augmentation (--augment)");
        }

        if (ways.Count == 0)
        {
            ways.Add("items that are quicker to read");
        }

        return FormattableString.Invariant(
            $"Training waited for data {share:P0} of its time. What helps: {string.Join("; ", ways)}."
        );
    }

    /// <summary>Why a held-out loss is out of all proportion; null where it is not.</summary>
    /// <param name="session">The session, after the epoch.</param>
    /// <param name="metrics">The epoch.</param>
    public static string? HeldOut(TrainingSession session, Metrics metrics) =>
        session.Task.ChanceLoss is { } chance && metrics.ValidationLoss is { } held
            ? HeldOutLoss.Explain(
                held,
                metrics.Loss,
                chance,
                session.Model.NamedModules().Any(m => m.Module is BatchNorm { RunningMean: not null }),
                metrics.Step
            )
            : null;
}
