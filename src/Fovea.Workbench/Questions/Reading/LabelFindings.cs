namespace Fovea.Workbench;

/// <summary>What predictions say of labels: held-out items that are as if labelled by others, classes that are never found, items
/// that are learned against their label.</summary>
internal static class LabelFindings
{
    // Of the accuracy on items learned from.
    private const double Learned = 0.5,
        Regained = 0.6,
        FarBelow = 0.8;

    // By which renaming must surely raise the accuracy: of a network that knows nothing it gains a standard error a class.
    private const double Gain = 0.1;

    private const int Persistent = 3,
        FewItems = 10,
        EnoughHeldOut = 50,
        // 225 shapes in ten classes are learned by heart, and tell a small network nothing of others.
        PerClass = 200;

    // Times that the largest class is as large, and of the recall of the others.
    private const double Rare = 10,
        Lost = 0.5;

    /// <summary>The thresholds in words.</summary>
    public const string Threshold =
        "items held out that are right less often than by chance (to fix: than 0.8 of it, or as often as those learned from after one renaming of classes); no more often than by chance in 3 epochs, while those learned from are; a class of a tenth of the largest whose recall is surely below half of that of the others";

    /// <summary>All of them.</summary>
    public static IEnumerable<Finding> Of(Measurements measured) =>
        (
            (IEnumerable<Finding?>)[Renamed(measured), Unrelated(measured), Margins(measured), RareClass(measured)]
        ).OfType<Finding>();

    private static Finding? Renamed(Measurements measured)
    {
        if (Both(measured).LastOrDefault() is not { HeldOut: { } held } last)
        {
            return null;
        }

        Proportion train = measured.TrainAccuracy(last)!.Value,
            own = held.Accuracy()!.Value;
        bool learned = train.Low > Math.Max(Learned, 2 * held.Chance()),
            below = own.High < held.Chance(),
            farBelow = own.High < FarBelow * held.Chance();
        MeasuredProbe? splits = measured.LastProbe("splits");
        bool regained = splits is not null && IsRegained(splits, train.Value, held.ClassItems.Count);
        return !(learned || (farBelow && train.Low > held.Chance())) || (!below && !regained)
            ? null
            : new Finding(
                regained || farBelow ? Verdict.Fix : Verdict.Look,
                Cause.ClassOrder,
                $"Of the items held out {own.Text()} are right, where {Figures.Percent(held.Chance())} would be by chance and {train.Text()} of those learned from are{(regained ? $"; after renaming {splits!["moved"]:F0} classes {Figures.Percent(splits["permutedAccuracy"])} are" : "")}."
            )
            {
                Crossed =
                    regained && !below
                        ?
                        [
                            new(
                                "accuracy on items held out once classes are renamed, over that on items learned from",
                                splits!["permutedAccuracy"] / train.Value,
                                ">",
                                Regained,
                                Crossing.Ours
                            ),
                        ]
                        :
                        [
                            new(
                                "accuracy on items held out, upper end of its 95 % interval",
                                own.High,
                                "<",
                                (farBelow ? FarBelow : 1) * held.Chance(),
                                farBelow ? "0.8 of chance; the share is ours" : "chance"
                            ),
                        ],
                Remedy = "Use one list of classes for all parts: labels count in another order there.",
                Onset = 0,
                Threshold = Threshold,
            };
    }

    private static bool IsRegained(MeasuredProbe splits, double train, int classes)
    {
        long items = (long)splits["items"];
        Proportion gain = Proportion
            .Wilson((long)Math.Round(splits["permutedAccuracy"] * items), items)
            .Less(Proportion.Wilson((long)Math.Round(splits["accuracy"] * items), items));
        return items >= Math.Max(EnoughHeldOut, FewItems * classes)
            && gain.Low > Gain
            && splits["permutedAccuracy"] > Regained * train;
    }

    /// <summary>Items held out that have nothing to do with what was learned.</summary>
    private static Finding? Unrelated(Measurements measured)
    {
        MeasuredEpoch[] known = [.. Both(measured).TakeLast(Persistent)];
        if (
            known.Length < Persistent
            || PartFindings.Differ(measured)
            || known.Any(e =>
                !IsByChance(e.HeldOut!) || !(measured.TrainAccuracy(e)!.Value.Low > 2 * e.HeldOut!.Chance())
            )
            || !(measured.TrainAccuracy(known[^1])!.Value.Low > Learned)
            || known.Any(e => e.HeldOut!.Accuracy()!.Value.High > 0.5 * measured.TrainAccuracy(e)!.Value.Low)
        )
        {
            return null;
        }

        MeasuredPart held = known[^1].HeldOut!;
        bool enough = measured.Run.TrainItems >= PerClass * measured.Run.Classes.Count && held.Items >= EnoughHeldOut;
        return new Finding(
            enough && measured.LastProbe(ViewsProbe.ProbeName) is not null ? Verdict.Fix : Verdict.Look,
            Cause.ShuffledLabels,
            $"{measured.TrainAccuracy(known[^1])!.Value.Text()} of the items learned from are right, and of those held out {held.Accuracy()!.Value.Text()}, as by chance ({Figures.Percent(held.Chance())}), for {known.Length} epochs: they are known by heart, and say nothing of other items{(enough ? "" : "; there may be too few of them")}."
        )
        {
            Crossed =
            [
                new(
                    "accuracy on items learned from, lower end of its 95 % interval",
                    measured.TrainAccuracy(known[^1])!.Value.Low,
                    ">",
                    Learned,
                    Crossing.Ours
                ),
                new(
                    "accuracy on items held out, lower end of its 95 % interval",
                    held.Accuracy()!.Value.Low,
                    "<=",
                    held.Chance(),
                    "chance"
                ),
            ],
            Remedy =
                $"Look at some items{Experiments.OfData(measured)} with their labels. Sort items and labels by the same permutation, or by none.",
            Onset = known[0].Step,
            Threshold = Threshold,
        };
    }

    private static bool IsByChance(MeasuredPart held) =>
        held.Accuracy() is { } own && own.Low <= held.Chance() && own.High >= held.Chance();

    private static Finding? Margins(Measurements measured)
    {
        MeasuredEpoch? last = measured.Epochs.LastOrDefault(e => e.MarginQuantiles.Count == 6);
        return
            last is null
            || last.Epoch < Persistent
            || last.MarginQuantiles[2] <= 0
            || !(-last.MarginQuantiles[1] > 0.5 * last.MarginQuantiles[3])
            ? null
            : new Finding(
                Verdict.Look,
                Cause.LabelNoise,
                $"One item in 20 is told apart against its label, by a margin of {last.MarginQuantiles[1]:F2} or worse, where the middle one has {last.MarginQuantiles[3]:F2}: wrong labels, or hard items. The worst are {string.Join(", ", last.WorstItems.Take(8))}."
            )
            {
                Remedy = "Look at these items first; wrong labels come before hard items.",
                Threshold = "a 5 % quantile of the mean margins below minus half of the median, after 3 epochs",
            };
    }

    /// <summary>A class of few items that is not found.</summary>
    private static Finding? RareClass(Measurements measured)
    {
        MeasuredEpoch[] known =
        [
            .. measured.Epochs.Where(e => e.Epoch >= Persistent && Judged(e) is not null).TakeLast(2),
        ];
        int[] counts = [.. Counts(measured)];
        if (known.Length < 2 || counts.Length == 0)
        {
            return null;
        }

        int[] lost =
        [
            .. Enumerable
                .Range(0, counts.Length)
                .Where(k => counts[k] > 0 && counts.Max() >= Rare * counts[k])
                .Where(k => known.All(e => IsLost(Judged(e)!, k))),
        ];
        if (lost.Length == 0)
        {
            return null;
        }

        int worst = lost.MinBy(k => Judged(known[^1])!.Recall(k).Value);
        MeasuredPart part = Judged(known[^1])!;
        return new Finding(
            Verdict.Fix,
            Cause.Imbalance,
            $"{Figures.Of(lost.Length, "rare class is", "rare classes are")} hardly found: of {measured.Run.Classes.ElementAtOrDefault(worst) ?? $"class {worst}"}, with {counts[worst]:N0} items where others have up to {counts.Max():N0}, {part.Recall(worst).Text()} are right; of the middle class {Figures.Percent(MiddleRecall(part))}."
        )
        {
            Remedy = DataFindings.Rebalance,
            Onset = known[0].Step,
            Threshold = Threshold,
        };
    }

    /// <summary>By class: items learned from; of a loop that did not say them, those of the items that it had measured.</summary>
    private static IReadOnlyList<int> Counts(Measurements measured) =>
        measured.Data is { TrainPerClass.Count: > 0 } data ? data.TrainPerClass
        : measured.Epochs.LastOrDefault(e => e.Train is { ClassItems.Count: > 1 })?.Train is { } train
            ? train.ClassItems
        : [];

    private static bool IsLost(MeasuredPart part, int k) =>
        part.ClassItems[k] >= FewItems
        && part.Recall(k).High < Lost * MiddleRecall(part)
        && part.Accuracy()!.Value.Low > part.Chance();

    private static double MiddleRecall(MeasuredPart part)
    {
        double[] recalls =
        [
            .. Enumerable
                .Range(0, part.ClassItems.Count)
                .Where(k => part.ClassItems[k] > 0)
                .Select(k => part.Recall(k).Value)
                .Order(),
        ];
        return recalls.Length == 0 ? double.NaN : recalls[recalls.Length / 2];
    }

    private static MeasuredPart? Judged(MeasuredEpoch epoch) =>
        new[] { epoch.HeldOut, epoch.Train }.FirstOrDefault(p => p is { ClassItems.Count: > 1, Items: > 0 });

    private static IEnumerable<MeasuredEpoch> Both(Measurements measured) =>
        measured.Epochs.Where(e =>
            e is { Epoch: > 0, HeldOut: { ClassItems.Count: > 1, Items: > 0 } } && measured.TrainAccuracy(e) is not null
        );
}
