namespace Fovea.Workbench;

/// <summary>What a look at the parts says of how they were split and read: classes that are in one of them alone, and items that are of
/// another kind.</summary>
internal static class PartFindings
{
    // Of the items held out.
    private const double MostItems = 0.5;
    private const int FewItems = 3,
        Enough = 30,
        FewTraits = 12;

    // How often an item of one part exceeds one of the other. By chance 0.5; two normal distributions one deviation apart have 0.76.
    private const double ApartLook = 0.75,
        ApartFix = 0.9;

    // Standard errors: nine traits are compared.
    private const double Sure = 5;

    // Of items held out, by which another view of them must raise what is right.
    public const double Gain = 0.1;

    // By which fewer of the items held out are right than of those learned from, where another kind of items is to blame.
    private const double Short = 0.2;

    /// <summary>The thresholds in words.</summary>
    public const string Threshold =
        "half of the items held out of classes that nothing is learned from; to look at: a trait that exceeds that of an item of the other part in three of four pairs, by 5 standard errors; to fix: in nine of ten, or where surely a fifth fewer of the items held out are right; items held out of which surely a tenth more are right when they are seen otherwise";

    /// <summary>The findings that come before all that is said of labels.</summary>
    public static IEnumerable<Finding> Of(Measurements measured, DataReport data) =>
        new[] { Split(measured, data), Traits(measured, data) }.OfType<Finding>();

    /// <summary>Whether the parts are known to be split or read in two ways, so that labels are not to be accused.</summary>
    public static bool Differ(Measurements measured) =>
        (measured.Data is { } data && Of(measured, data).Any()) || View(measured) is not null;

    /// <summary>Items held out of classes that nothing is learned from.</summary>
    private static Finding? Split(Measurements measured, DataReport data)
    {
        (IReadOnlyList<int> learned, bool all) = Learned(measured, data);
        int[] others = [.. data.OthersPerClass.Take(learned.Count)],
            missing = [.. Enumerable.Range(0, others.Length).Where(k => others[k] > 0 && learned[k] == 0)];
        int items = others.Sum(),
            lost = missing.Sum(k => others[k]);
        if (learned.Sum() == 0 || lost < FewItems || lost < MostItems * items)
        {
            return null;
        }

        string names = Figures.Names([
            .. missing.Select(k => measured.Run.Classes.ElementAtOrDefault(k) ?? $"class {k}"),
        ]);
        return new Finding(
            all ? Verdict.Fix : Verdict.Look,
            Cause.Imbalance,
            $"{lost:N0} of {items:N0} items held out are of {names}, of which there is nothing {(all ? "" : "among the items seen ")}to learn from: the parts were split by place in a file that is sorted by class."
        )
        {
            IsFact = !all,
            Remedy =
                "Shuffle items and labels by one permutation before the split, or split each class by itself (stratified).",
            Onset = 0,
            Threshold = Threshold,
        };
    }

    /// <summary>By class: items learned from; of a loop that names some of its items, those of whole epochs.</summary>
    private static (IReadOnlyList<int> Counts, bool All) Learned(Measurements measured, DataReport data)
    {
        if (data.TrainPerClass.Count > 0)
        {
            return (data.TrainPerClass, true);
        }

        MeasuredEpoch[] epochs = [.. measured.Epochs.Where(e => e is { Epoch: > 0, ClassItemsSeen.Count: > 0 })];
        return epochs.Length == 0
            ? (data.LearnedPerClass, false)
            : ([.. epochs[0].ClassItemsSeen.Select((_, k) => epochs.Sum(e => e.ClassItemsSeen[k]))], true);
    }

    /// <summary>Items of the parts that one look tells apart.</summary>
    private static Finding? Traits(Measurements measured, DataReport data)
    {
        if (data.Trait is not { Apart: >= ApartLook, Errors: >= Sure, Items: >= FewTraits } trait)
        {
            return null;
        }

        bool falls = FallsShort(measured, Short);
        return new Finding(
            trait.Apart >= ApartFix || falls ? Verdict.Fix : Verdict.Look,
            Cause.PipelinesDiffer,
            $"Items held out are of another kind than those learned from: {trait.Name} has a median of {trait.Others:G3}, of those learned from {trait.Learned:G3}, and tells the part of an item in {Figures.Percent(trait.Apart)} of pairs (by chance 50 %){(falls ? "; and far fewer of them are right" : "")}."
        )
        {
            IsFact = true,
            Remedy =
                $"Look at items of both parts{Experiments.OfData(measured)} side by side, and read, cut, scale and pad all parts by the same code; no augmentation in the items held out, no mark in those learned from.",
            Onset = 0,
            Threshold = Threshold,
        };
    }

    /// <summary>Whether of the items held out surely fewer are right than of those learned from, by more than a share of
    /// all.</summary>
    public static bool FallsShort(Measurements measured, double share) =>
        measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, HeldOut: not null }) is { HeldOut: { } held } last
        && held.Accuracy() is { } own
        && measured.TrainAccuracy(last) is { } learned
        && learned.Less(own).Low > share;

    /// <summary>Items held out that the trained network knows when they are seen otherwise: turned, mirrored, negated or at another
    /// size.</summary>
    public static Finding? View(Measurements measured)
    {
        if (measured.LastProbe(ViewsProbe.ProbeName) is not { } probe || !(probe["items"] >= Enough))
        {
            return null;
        }

        long items = (long)probe["items"];
        (string name, double right) = ViewsProbe
            .Views.Select(v => (v.Words, Right: probe[v.Name]))
            .Where(v => double.IsFinite(v.Right))
            .DefaultIfEmpty((Words: "", Right: 0.0))
            .MaxBy(v => v.Right);
        Proportion own = Proportion.Wilson((long)probe["right"], items),
            other = Proportion.Wilson((long)right, items);
        return name.Length == 0 || !(other.Less(own).Low > Gain)
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.PipelinesDiffer,
                $"Of {items:N0} items held out the network gets {own.Text()} right as they are, and {other.Text()} when they are {name}: the parts are read or prepared in two ways."
            )
            {
                Remedy = $"Read and prepare all parts by the same code; items held out seem to need being {name}.",
                Onset = 0,
                Threshold = Threshold,
            };
    }
}
