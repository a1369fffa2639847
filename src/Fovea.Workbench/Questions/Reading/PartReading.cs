namespace Fovea.Workbench;

/// <summary>What a measured part says with an interval.</summary>
internal static class PartReading
{
    /// <summary>Share predicted right; null where nothing is right or wrong.</summary>
    public static Proportion? Accuracy(this MeasuredPart part) =>
        part is { Right: { } right, Items: > 0 } ? Proportion.Wilson(right, part.Items) : null;

    /// <summary>The accuracy of predictions as often of each class as these are, that have nothing to do with the items.</summary>
    public static double Chance(this MeasuredPart part) =>
        part.ClassItems.Count == 0 || part.Items == 0
            ? double.NaN
            : part.ClassItems.Zip(part.ClassPredicted, (n, p) => (double)n / part.Items * p / part.Items).Sum();

    /// <summary>Share of the most frequent class; 0 where items have none.</summary>
    public static double Common(this MeasuredPart part) =>
        part.ClassItems.Count > 0 ? (double)part.ClassItems.Max() / part.Items : 0.0;

    /// <summary>An answer about what the network makes of its input, which says nothing while it is right no more often than the most
    /// common class alone: on the items held out, or without such on those learned from. Its numbers stay.</summary>
    public static Answer UnlessAtChance(this Answer answer, Measurements measured)
    {
        MeasuredEpoch? last = measured.Epochs.LastOrDefault(e =>
            e.Epoch > 0 && (e.HeldOut ?? e.Train)?.Right is not null
        );
        MeasuredPart? part = last?.HeldOut ?? last?.Train;
        return part?.Accuracy() is { } right && part.Common() > 0 && right.Low <= part.Common()
            ? answer with
            {
                Verdict = Verdict.CannotTell,
                Finding =
                    $"The network is at chance: {right.Text()} of the items {(last!.HeldOut is null ? "learned from" : "held out")} are right, and the most common class alone is {Figures.Percent(part.Common())} of them. What it makes of its input is noise until it has learned.",
                Layers = [],
                Remedy = "",
                Experiment = "",
            }
            : answer;
    }

    /// <summary>The share of the items of a class predicted right.</summary>
    public static Proportion Recall(this MeasuredPart part, int k) =>
        Proportion.Wilson(part.ClassRight[k], part.ClassItems[k]);

    /// <summary>The accuracy over the items of an epoch: of those measured, else while it learned; null where nothing is
    /// right or wrong.</summary>
    public static Proportion? TrainAccuracy(this Measurements measured, MeasuredEpoch epoch)
    {
        if (epoch.Train?.Accuracy() is { } known)
        {
            return known;
        }

        long from = measured.Epochs.LastOrDefault(e => e.Epoch < epoch.Epoch)?.Step ?? 0;
        MeasuredStep[] lines =
        [
            .. measured.Steps.Where(s => s.Step >= from && s.Step < epoch.Step && s.Accuracy is not null),
        ];
        int items = lines.Sum(l => l.Items);
        return items == 0
            ? null
            : Proportion.Wilson((long)Math.Round(lines.Sum(l => l.Accuracy!.Value * l.Items)), items);
    }

    /// <summary>Percent with its interval, e.g. <c>64.0 % (54.2 to 72.7)</c>.</summary>
    public static string Text(this Proportion share) =>
        FormattableString.Invariant($"{100 * share.Value:F1} % ({100 * share.Low:F1} to {100 * share.High:F1})");
}
