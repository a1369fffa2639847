namespace Fovea.Workbench;

/// <summary>What a look at the data before training says: copies, labels, parts.</summary>
/// <remarks>Copies, labels that contradict each other and orders of classes are facts, and need no further evidence. How many of
/// them matter is ours: one copy in a thousand changes no result.</remarks>
internal static partial class DataFindings
{
    // Shares of items.
    private const double Few = 0.01,
        Many = 0.05,
        Repeated = 0.2,
        Agreeing = 0.6,
        Telling = 0.5;
    private const int Enough = 50;

    // Times that the largest class is as large as the smallest.
    private const double Uneven = 10;

    /// <summary>The thresholds in words.</summary>
    public const string Threshold =
        "to fix: any value that is not finite, label out of range, or class order that differs; 1 % of a part known from training, 5 % of items labelled in two ways, or blank; to look at: any copy across parts, 2 % near copies, classes 10 times as large as others";

    /// <summary>All of them, in the order in which causes explain.</summary>
    public static IEnumerable<Finding> Of(Measurements measured, DataReport data) =>
        (
            (IEnumerable<Finding?>)
                [
                    Values(data),
                    Labels(data),
                    FarValueFindings.Of(data),
                    .. PartFindings.Of(measured, data),
                    Contradictions(data),
                    Disagreement(measured, data),
                    .. NeighbourFindings.Of(measured, data),
                    Copies(data),
                    Neighbours(data),
                    Order(measured, data),
                    .. DataScaleFindings.Of(measured, data),
                    Blank(data),
                    Duplicates(data),
                    Missing(measured, data),
                    Imbalance(measured, data),
                ]
        ).OfType<Finding>();

    private static Finding? Contradictions(DataReport data) =>
        data.Contradictions == 0
            ? null
            : new Finding(
                data.Contradictions >= Many * data.Looked ? Verdict.Fix : Verdict.Look,
                Cause.LabelNoise,
                $"{data.Contradictions:N0} of {data.Looked:N0} items equal another of a different class to the bit."
            )
            {
                Crossed =
                [
                    data.Contradictions >= Many * data.Looked
                        ? new(
                            "share of items labelled in two ways",
                            (double)data.Contradictions / data.Looked,
                            ">=",
                            Many,
                            Crossing.Ours
                        )
                        : new("items labelled in two ways", data.Contradictions, ">", 0, "a fact"),
                ],
                Remedy = "Decide for one class each, or leave these items out.",
            };

    /// <summary>Labels that go with those of the nearest items far less often than they do in the test part.</summary>
    private static Finding? Disagreement(Measurements measured, DataReport data)
    {
        if (data.AgreementItems < Enough || !double.IsFinite(data.LabelAgreement + data.TestLabelAgreement))
        {
            return null;
        }

        int n = data.AgreementItems;
        Proportion own = Proportion.Wilson((long)Math.Round(data.LabelAgreement * n), n),
            test = Proportion.Wilson((long)Math.Round(data.TestLabelAgreement * n), n);
        double all = data.TrainPerClass.Sum(),
            chance = data.TrainPerClass.Sum(c => c / all * (c / all));
        if (!(own.High < test.Low) || !(own.Value - chance < Agreeing * (test.Value - chance)))
        {
            return null;
        }

        bool none = own.Low <= chance;
        double wrong = 1 - Math.Sqrt(Math.Max(0, (own.Value - chance) / (test.Value - chance)));
        // Where the nearest item says little of the class, as of shapes anywhere in a picture, parts differ by as much by chance.
        return new Finding(
            none || test.Value >= Telling ? Verdict.Fix : Verdict.Look,
            none ? Cause.ShuffledLabels : Cause.LabelNoise,
            none
                ? $"Of {n:N0} items learned from {own.Text()} have the label of the nearest other item, as by chance ({Figures.Percent(chance)}); of the test part {test.Text()} have: labels and items learned from do not belong together."
                : $"Of {n:N0} items learned from {own.Text()} have the label of the nearest other item, of the test part {test.Text()}: about {Figures.Percent(wrong)} of the labels learned from would have to be wrong."
        )
        {
            Crossed =
            [
                new(
                    "labels that go with those of the nearest items, above chance, over that of the test part",
                    (own.Value - chance) / (test.Value - chance),
                    "<",
                    Agreeing,
                    Crossing.Ours
                ),
            ],
            Remedy = none
                ? $"Look at some items{Experiments.OfData(measured)} with their labels. Sort items and labels by the same permutation, or by none."
                : "Look at the items that are learned last (their numbers stand in measurements/epochs.jsonl), and mend or leave out those with wrong labels.",
            Threshold =
                "a share of items with the label of their nearest, above chance, below 0.6 of that of the test part, with intervals that do not meet; to fix where none is left above chance, or half of the test part agrees",
        };
    }

    private static Finding? Copies(DataReport data) =>
        data.AcrossParts == 0
            ? null
            : new Finding(
                data.AcrossParts > 1 && data.AcrossParts >= Few * Others(data) ? Verdict.Fix : Verdict.Look,
                Cause.Leak,
                $"{data.AcrossParts:N0} of the {Others(data):N0} items held out or tested are also among those learned from, so results on them say nothing of new items."
            )
            {
                Crossed =
                [
                    data.AcrossParts > 1 && data.AcrossParts >= Few * Others(data)
                        ? new(
                            "share of items held out or tested that were learned from",
                            (double)data.AcrossParts / Others(data),
                            ">=",
                            Few,
                            Crossing.Ours
                        )
                        : new("items held out or tested that were learned from", data.AcrossParts, ">", 0, "a fact"),
                ],
                Remedy = "Remove the copies from the part that is learned from, and split by source, not by file.",
            };

    private static Finding? Neighbours(DataReport data) =>
        data.NeighboursAcrossParts < Math.Max(2, 2 * Few * data.NeighboursLooked)
            ? null
            : new Finding(
                Verdict.Look,
                Cause.Leak,
                $"{data.NeighboursAcrossParts:N0} of {data.NeighboursLooked:N0} items held out or of the test part have a neighbour among those learned from that is far nearer than neighbours are: near copies, or pictures of one source."
            )
            {
                Crossed =
                [
                    new(
                        "share of items with a near copy among those learned from",
                        (double)data.NeighboursAcrossParts / data.NeighboursLooked,
                        ">=",
                        2 * Few,
                        Crossing.Ours
                    ),
                ],
                Remedy = "Split by source (person, object, recording), not by file.",
            };

    private static Finding? Blank(DataReport data) =>
        data.Constant == 0 || data.Constant < Few * data.Looked
            ? null
            : new Finding(
                data.Constant >= Many * data.Looked ? Verdict.Fix : Verdict.Look,
                Cause.InputUnused,
                $"{data.Constant:N0} of {data.Looked:N0} items are blank: all their values are equal."
            )
            {
                Crossed =
                [
                    new(
                        "share of blank items",
                        (double)data.Constant / data.Looked,
                        ">=",
                        data.Constant >= Many * data.Looked ? Many : Few,
                        Crossing.Ours
                    ),
                ],
                Remedy = "Look at how these items are read; leave out those that are blank in the file too.",
            };

    private static Finding? Duplicates(DataReport data) =>
        data.Duplicates < Repeated * Learned(data)
            ? null
            : new Finding(
                Verdict.Look,
                Cause.RepeatedItems,
                $"{data.Duplicates:N0} of {Learned(data):N0} items learned from repeat another to the bit: there are fewer than it seems."
            )
            {
                Crossed =
                [
                    new(
                        "share of items that repeat another",
                        (double)data.Duplicates / Learned(data),
                        ">=",
                        Repeated,
                        Crossing.Ours
                    ),
                ],
                Remedy = "Remove the copies, unless they are meant to weigh more.",
            };

    private static Finding? Missing(Measurements measured, DataReport data)
    {
        int[] missing = [.. Enumerable.Range(0, data.TrainPerClass.Count).Where(k => data.TrainPerClass[k] == 0)];
        return missing.Length == 0 || data.TrainPerClass.Sum() == 0
            ? null
            : new Finding(
                missing.Any(k => data.TestPerClass.ElementAtOrDefault(k) > 0) ? Verdict.Fix : Verdict.Look,
                Cause.Imbalance,
                $"There is nothing to learn from of {Names(measured, missing)}."
            )
            {
                Remedy = "Add items of it, or leave the class out.",
            };
    }

    private static Finding? Imbalance(Measurements measured, DataReport data)
    {
        int[] some = [.. data.TrainPerClass.Where(n => n > 0)];
        if (some.Length < 2 || some.Max() < Uneven * some.Min())
        {
            return null;
        }

        int rarest = data.TrainPerClass.ToList().IndexOf(some.Min());
        return new Finding(
            Verdict.Look,
            Cause.Imbalance,
            $"Classes have {some.Min():N0} ({Names(measured, [rarest])}) to {some.Max():N0} items."
        )
        {
            Crossed =
            [
                new("largest class over the smallest", (double)some.Max() / some.Min(), ">=", Uneven, Crossing.Ours),
            ],
            Remedy = Rebalance,
        };
    }

    /// <summary>What to do about classes of very different size.</summary>
    public const string Rebalance =
        "Weigh the classes: Trainer.Fit(..., loss: new CrossEntropy { ClassWeights = w }.Forward) with w one over the items of each class; and judge by the recall of each class.";

    private static string Names(Measurements measured, IReadOnlyList<int> classes) =>
        Figures.Names([.. classes.Select(k => measured.Run.Classes.ElementAtOrDefault(k) ?? $"class {k}")]);

    private static int Learned(DataReport data) => Math.Max(1, data.Looked - Others(data));

    private static int Others(DataReport data) => Math.Max(1, data.OthersLooked);
}
