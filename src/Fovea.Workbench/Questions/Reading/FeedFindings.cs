namespace Fovea.Workbench;

/// <summary>What the books of what was fed say: items missed or repeated, batches that are not mixed, augmentation that draws the
/// same each time.</summary>
internal static class FeedFindings
{
    // Shares.
    private const double SameInputs = 0.95,
        HalfSeen = 0.5,
        SameBatches = 0.1,
        Copies = 0.2,
        UnmixedLook = 0.5,
        UnmixedFix = 0.25;

    // Epochs in a row.
    private const int Persistent = 2;

    /// <summary>The thresholds in words.</summary>
    public const string Threshold =
        "in two epochs or more: batches with less than half of the mixture of labels that chance gives (to fix: a quarter); the same few items again, less than all by a batch; a tenth of the batches of an epoch again; 95 % of augmented items the same to the bit as in the epoch before; half as many items with another label than in the epoch before as chance gives; half of the items with the values of another of their batch";

    /// <summary>All of them.</summary>
    public static IEnumerable<Finding> Of(Measurements measured) =>
        (
            (IEnumerable<Finding?>)
                [Relabelled(measured), OneBuffer(measured), Unmixed(measured), Items(measured), Augmentation(measured)]
        ).OfType<Finding>();

    /// <summary>Items that come with another label in each epoch: labels are put beside items anew, by chance.</summary>
    private static Finding? Relabelled(Measurements measured)
    {
        MeasuredEpoch[] known = [.. Booked(measured).Where(e => e.ClassItemsSeen.Count > 0).Skip(1)];
        double strangers = known.Length == 0 ? 0 : 1 - known[^1].ClassItemsSeen.Sum(n => Share(n) * Share(n));
        return known.Length < Persistent || known.Any(e => e.LabelsChanged < HalfSeen * strangers * e.ItemsSeen)
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.ShuffledLabels,
                $"{known[^1].LabelsChanged:N0} of {known[^1].ItemsSeen:N0} items came with another label than in the epoch before, and as many in each of {Figures.Of(known.Length, "epoch")}; two items drawn by chance differ in {Figures.Percent(strangers)}: labels do not stay with their items."
            )
            {
                Remedy =
                    "Take inputs and labels of a batch from one place at one time: look for labels of the batch before, or for two orders drawn apart.",
                Onset = 0,
                Threshold = Threshold,
            };

        double Share(int n) => (double)n / Math.Max(1, known[^1].ClassItemsSeen.Sum());
    }

    /// <summary>Different items of a batch with the same values: one buffer for all of them.</summary>
    private static Finding? OneBuffer(Measurements measured)
    {
        MeasuredEpoch[] known = [.. Booked(measured)];
        bool copies = measured.Data is { } data && data.Duplicates + data.Constant > Copies * data.Looked;
        return
            known.Length == 0 || copies || known.Any(e => e.AlikeInBatch < HalfSeen * (e.ItemsSeen + e.ItemsRepeated))
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.RepeatedItems,
                $"{known[^1].AlikeInBatch:N0} of {known[^1].ItemsSeen:N0} items had the values of another item of their batch to the bit, and each kept its own label: a batch holds one item many times."
            )
            {
                Remedy =
                    "Copy each item where it is read: one buffer that all items of a batch share holds the last of them.",
                Onset = 0,
                Threshold = Threshold,
            };
    }

    private static Finding? Unmixed(Measurements measured)
    {
        double chance = ChanceMix(measured);
        MeasuredEpoch[] known = [.. Booked(measured).Where(e => double.IsFinite(e.LabelMix))];
        MeasuredEpoch[] low = [.. known.Where(e => e.LabelMix < UnmixedLook * chance)];
        if (measured.Run.Batch < 2 || low.Length < Persistent || low.Length < known.Length)
        {
            return null;
        }

        double mix = low.Average(e => e.LabelMix);
        string sorted =
            measured.Data?.LabelRuns > 3
                ? $" Items lie sorted: labels come in stretches {measured.Data.LabelRuns:G3} times as long as by chance."
                : "";
        return new Finding(
            mix < UnmixedFix * chance ? Verdict.Fix : Verdict.Look,
            Cause.Unshuffled,
            $"Batches are not mixed: the entropy of their labels is {Figures.Percent(mix)} of that of all labels, where chance gives {Figures.Percent(chance)}.{sorted}"
        )
        {
            IsFact = true,
            Remedy =
                "Shuffle all items: new LoaderOptions { Shuffle = true }; a buffer must hold far more items than a class has.",
            Onset = 0,
            Threshold = Threshold,
        };
    }

    private static Finding? Items(Measurements measured)
    {
        int all = measured.Run.TrainItems;
        MeasuredEpoch[] known = [.. Booked(measured)];
        if (all == 0 || known.Length < Persistent || known.Any(e => e.ItemsSeen >= all - measured.Run.Batch))
        {
            return null;
        }

        bool same = known.Skip(1).All(e => e.InputsRepeated >= SameInputs * e.ItemsSeen),
            many = known.Max(e => e.ItemsRepeated) > HalfSeen * known.Max(e => e.ItemsSeen);
        int seen = known.Max(e => e.ItemsSeen),
            again = known.Sum(e => e.BatchesRepeated);
        if (!same && again > SameBatches * known[^1].Step)
        {
            return new Finding(
                Verdict.Fix,
                Cause.ItemsMissed,
                $"{again:N0} of {known[^1].Step:N0} updates took a batch of the very items of an earlier one of the epoch, and an epoch learns from {seen:N0} of {all:N0} items at most."
            )
            {
                Remedy =
                    "Take the batches of an epoch from one enumerator: foreach (Batch batch in loader.Epoch(epoch)).",
                Onset = 0,
                Threshold = Threshold,
            };
        }

        return same && seen < HalfSeen * all
            ? new Finding(
                Verdict.Fix,
                Cause.RepeatedItems,
                $"The same {seen:N0} of {all:N0} items are learned from in each of {known.Length} epochs{(seen <= 2 * measured.Run.Batch ? ": one batch for ever" : "")}."
            )
            {
                Remedy =
                    "Take the batches of an epoch from one enumerator: foreach (Batch batch in loader.Epoch(epoch)).",
                Onset = 0,
                Threshold = Threshold,
            }
            : new Finding(
                Verdict.Look,
                many ? Cause.RepeatedItems : Cause.ItemsMissed,
                $"Each epoch learns from at most {seen:N0} of {all:N0} items{(many ? ", many of them several times" : "")}."
            )
            {
                Remedy = "Let the loader go through all items each epoch, unless a part is meant.",
                Onset = 0,
                Threshold = Threshold,
            };
    }

    private static Finding? Augmentation(Measurements measured)
    {
        bool augments = measured.Run.Augment.Length > 0 && measured.Run.Augment != TrainingOptions.None;
        MeasuredEpoch[] known = [.. Booked(measured).Skip(1)];
        return
            !augments
            || known.Length < Persistent
            || known.Any(e => e.ItemsSeen == 0 || e.InputsRepeated < SameInputs * e.ItemsSeen)
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.RepeatedAugmentation,
                $"Augmentation ({measured.Run.Augment}) draws the same each epoch: {known[^1].InputsRepeated:N0} of {known[^1].ItemsSeen:N0} items as fed were the same to the bit as in the epoch before."
            )
            {
                Remedy =
                    "Draw from a stream of seed, epoch and item: new Rng(seed).Split((ulong)epoch).Split((ulong)index).",
                Onset = known[0].Step,
                Threshold = Threshold,
            };
    }

    private static IEnumerable<MeasuredEpoch> Booked(Measurements measured) =>
        measured.Epochs.Where(e => e is { Epoch: > 0, ItemsSeen: > 0 });

    /// <summary>The mixture of labels of a batch drawn by chance: the mean entropy of its counts, each binomial, over that of
    /// all labels.</summary>
    internal static double ChanceMix(Measurements measured)
    {
        int[] counts = measured.Data is { TrainPerClass.Count: > 0 } data
            ? [.. data.TrainPerClass]
            : [.. Enumerable.Repeat(1, measured.Run.Classes.Count)];
        double total = counts.Sum();
        int batch = measured.Run.Batch;
        double[] shares = [.. counts.Where(c => c > 0).Select(c => c / total)];
        double all = -shares.Sum(p => p * Math.Log(p)),
            mean = shares.GroupBy(p => p).Sum(g => g.Count() * Expected(g.Key, batch));
        return all > 0 ? mean / all : double.NaN;
    }

    /// <summary>Mean of -(n/b) ln(n/b) over n of a binomial distribution.</summary>
    private static double Expected(double share, int batch)
    {
        double sum = 0,
            log = batch * Math.Log(1 - share); // of P(n)
        if (share >= 1)
        {
            return 0;
        }

        for (int n = 0; n <= batch; n++)
        {
            double part = (double)n / batch;
            sum += n == 0 ? 0 : -Math.Exp(log) * part * Math.Log(part);
            log += Math.Log((batch - n) / (n + 1.0)) + Math.Log(share / (1 - share));
        }

        return sum;
    }
}
