namespace Fovea.Workbench;

/// <summary>What a run says unasked: choices it made by itself, and figures that need an explanation.</summary>
internal static class TrainingRemarks
{
    // Below this a gap between training and test items is usual, and not worth a line.
    private const double SmallestGap = 0.05;

    // A held-out loss so many times above both the training loss and that of knowing nothing is no matter of chance.
    private const double Suspicious = 10;

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

        return QuestionCatalog
            .Ask(new Evidence(graph))
            .Where(a => a.Verdict == Verdict.Fix)
            .Select(a => $"fix {a.Id} {a.Question} {a.Finding}{(a.Remedy.Length > 0 ? $" Remedy: {a.Remedy}" : "")}");
    }

    /// <summary>Why a held-out loss is out of all proportion; null where it is not.</summary>
    /// <param name="session">The session, after the epoch.</param>
    /// <param name="metrics">The epoch.</param>
    public static string? HeldOut(TrainingSession session, Metrics metrics)
    {
        if (
            session.Task.ChanceLoss is not { } chance
            || metrics.ValidationLoss is not { } held
            || held <= Suspicious * Math.Max(metrics.Loss, chance)
        )
        {
            return null;
        }

        string what = FormattableString.Invariant(
            $"The held-out loss {held:G4} is out of proportion: training has {metrics.Loss:G4}, knowing nothing {chance:G4}."
        );
        bool normalizes = session.Model.NamedModules().Any(m => m.Module is BatchNorm { RunningMean: not null });
        return what
            + (
                normalizes
                    ? FormattableString.Invariant(
                        $" Held-out items are normalized with running statistics, not the batch's: after {metrics.Step:N0} updates they still lag behind weights that change fast. It passes, or a lower learning rate (--lr) or a warmup (--schedule cosine,warmup=1ep) helps."
                    )
                    : " The network is sure of wrong answers; a lower learning rate (--lr) may help."
            );
    }

    /// <summary>That the network knows its training items much better than others; null where it does not.</summary>
    /// <param name="accuracy">Training accuracy of the epoch whose weights were measured; null where nothing is right or
    /// wrong.</param>
    /// <param name="items">Training items.</param>
    /// <param name="test">The test items, measured.</param>
    public static string? Overfitting(double? accuracy, int items, EvaluationResult test)
    {
        if (accuracy is not { } value || test.AccuracyOrNone is null || test.N == 0)
        {
            return null;
        }

        Proportion train = Proportion.Wilson((long)Math.Round(value * items), items),
            gap = train.Less(test.Accuracy);
        return gap.Low <= SmallestGap
            ? null
            : FormattableString.Invariant(
                $"Overfitting: {100 * train.Value:F1} % of the {items:N0} training items are right and {100 * test.Accuracy.Value:F1} % of the {test.N:N0} test items, a gap of {100 * gap.Value:F1} points (95 % interval {100 * gap.Low:F1} to {100 * gap.High:F1}). More items, --augment or a smaller network would narrow it."
            );
    }
}
