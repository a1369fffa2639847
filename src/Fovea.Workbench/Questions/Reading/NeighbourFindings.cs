namespace Fovea.Workbench;

/// <summary>What the labels of nearest items say: within the items learned from, within the other part, and between the two.</summary>
/// <remarks>Shares are compared by their intervals (Wilson 1927). A part that agrees with itself and not with the other is labelled or
/// turned otherwise; none of this needs a network.</remarks>
internal static class NeighbourFindings
{
    private const int Enough = 40,
        FewItems = 8,
        ClassItems = 10;

    // Of the agreement above chance.
    private const double Agreeing = 0.6,
        HardlyAgreeing = 0.25;

    // Of items: below it the nearest item says little of the class.
    private const double Telling = 0.5;

    // Standard errors: each class is compared, and of twenty of them one is so far off by chance once in a hundred data sets.
    private const double OfManyClasses = 3.3;

    /// <summary>The thresholds in words.</summary>
    public const string Threshold =
        "shares of items with the label of their nearest, with intervals that do not meet: turned round against as they are; of two classes the other against the own; a quarter between the parts of what there is within, above chance; of a class 0.6 of that of the test part, above chance, and 3.3 standard errors below it, as many classes are compared";

    /// <summary>All of them, in the order in which causes explain.</summary>
    public static IEnumerable<Finding> Of(Measurements measured, DataReport data)
    {
        int items = Items(data.AcrossNeighbourLabels);
        if (items < Enough)
        {
            return [];
        }

        Finding? parts =
            Turned(data, items)
            ?? Swapped(measured, data)
            ?? (PartFindings.Differ(measured) ? null : Shuffled(data, items));
        return new[] { parts, Mislabelled(measured, data) }.OfType<Finding>();
    }

    /// <summary>Items held out that are turned round against those learned from.</summary>
    private static Finding? Turned(DataReport data, int items)
    {
        Proportion own = Proportion.Wilson(Right(data.AcrossNeighbourLabels), items),
            turned = Proportion.Wilson(data.TurnedRight, items);
        return data.Turned.Length == 0 || !(turned.Low > own.High)
            ? null
            : Fix(
                Cause.PipelinesDiffer,
                $"Of {items:N0} items held out {own.Text()} have the label of the nearest learned from, and {turned.Text()} when they are {data.Turned}: the parts are read or prepared in two ways.",
                "Read and prepare all parts by the same code; look for a flip, a reversal or an order of colours in one of them alone."
            );
    }

    /// <summary>Two classes that changed places in one part: each is nearest to the other one.</summary>
    private static Finding? Swapped(Measurements measured, DataReport data)
    {
        IReadOnlyList<IReadOnlyList<int>> across = data.AcrossNeighbourLabels;
        for (int a = 0; a < across.Count; a++)
        {
            int b = Nearest(across[a]);
            if (b > a && IsOther(data, a, b) && IsOther(data, b, a))
            {
                return Fix(
                    Cause.ClassOrder,
                    $"Items held out of {Name(measured, a)} are nearest to items learned from of {Name(measured, b)} ({across[a][b]} of {across[a].Sum()}, to their own class {across[a][a]}), and the other way round ({across[b][a]} of {across[b].Sum()}, and {across[b][b]}): the two classes changed places in one part.",
                    "Use one list of classes for all parts."
                );
            }
        }

        return null;
    }

    /// <summary>Whether a class of the other part is surely nearer to another one than to its own, which holds together within its
    /// parts.</summary>
    private static bool IsOther(DataReport data, int own, int other)
    {
        IReadOnlyList<int> row = data.AcrossNeighbourLabels[own];
        int n = row.Sum();
        return n >= FewItems
            && Proportion.Wilson(row[other], n).Low > Proportion.Wilson(row[own], n).High
            && Nearest(data.NeighbourLabels[own]) == own;
    }

    /// <summary>A part whose labels have nothing to do with those learned from, and that does not turn otherwise.</summary>
    private static Finding? Shuffled(DataReport data, int items)
    {
        int learned = Items(data.NeighbourLabels);
        double chance = Chance(data.AcrossNeighbourLabels, data.NeighbourLabels);
        Proportion across = Proportion.Wilson(Right(data.AcrossNeighbourLabels), items),
            within = Proportion.Wilson(Right(data.NeighbourLabels), Math.Max(1, learned));
        return
            learned < Enough
            || !(across.Low <= chance)
            || !(across.High - chance < Math.Max(HardlyAgreeing * (within.Low - chance), 0.0))
            ? null
            : Fix(
                Cause.ShuffledLabels,
                $"Of {items:N0} items held out {across.Text()} have the label of the nearest learned from, as by chance ({Figures.Percent(chance)}); of those learned from {within.Text()} have that of the nearest other: labels and items held out do not belong together.",
                "Look at some items held out with their labels. Sort items and labels by the same permutation, or by none."
            );
    }

    /// <summary>A class whose items learned from agree with each other far less than those of the test part do.</summary>
    private static Finding? Mislabelled(Measurements measured, DataReport data)
    {
        IReadOnlyList<IReadOnlyList<int>> own = data.NeighbourLabels,
            test = data.TestNeighbourLabels;
        double all = Math.Max(1, Items(own));
        int[] odd =
        [
            .. Enumerable
                .Range(0, Math.Min(own.Count, test.Count))
                .Where(k => own[k].Sum() >= ClassItems && test[k].Sum() >= ClassItems)
                .Where(k =>
                {
                    Proportion mine = Proportion.Wilson(own[k][k], own[k].Sum()),
                        theirs = Proportion.Wilson(test[k][k], test[k].Sum());
                    double chance = own[k].Sum() / all,
                        error = Math.Sqrt(
                            (mine.Value * (1 - mine.Value) / own[k].Sum())
                                + (theirs.Value * (1 - theirs.Value) / test[k].Sum())
                        );
                    return mine.High < theirs.Low
                        && theirs.Value >= Telling
                        && theirs.Value - mine.Value > OfManyClasses * error
                        && mine.Value - chance < Agreeing * (theirs.Value - chance);
                }),
        ];
        if (odd.Length == 0)
        {
            return null;
        }

        int worst = odd.MinBy(k => (double)own[k][k] / own[k].Sum());
        int[] others = [.. own[worst].Select((n, k) => k == worst ? -1 : n)];
        int taken = Nearest(others);
        return Fix(
            Cause.LabelNoise,
            $"Of {own[worst].Sum()} items learned from of {Name(measured, worst)} {Proportion.Wilson(own[worst][worst], own[worst].Sum()).Text()} have a nearest of their class, of the test part {Proportion.Wilson(test[worst][worst], test[worst].Sum()).Text()}; {own[worst][taken]} have one of {Name(measured, taken)}: a part of these items carries a wrong label.",
            $"Look at the items of {Name(measured, worst)} and {Name(measured, taken)} with their labels, and at where labels that are missing become a class."
        );
    }

    private static Finding Fix(string cause, string text, string remedy) =>
        new(Verdict.Fix, cause, text)
        {
            Remedy = remedy,
            Onset = 0,
            Threshold = Threshold,
        };

    private static int Nearest(IReadOnlyList<int> row) => row.ToList().IndexOf(row.Max());

    private static int Items(IReadOnlyList<IReadOnlyList<int>> table) => table.Sum(r => r.Sum());

    private static int Right(IReadOnlyList<IReadOnlyList<int>> table) => table.Select((row, k) => row[k]).Sum();

    /// <summary>The agreement of labels as frequent as these that have nothing to do with each other.</summary>
    private static double Chance(IReadOnlyList<IReadOnlyList<int>> asked, IReadOnlyList<IReadOnlyList<int>> known)
    {
        double a = Math.Max(1, Items(asked)),
            b = Math.Max(1, Items(known));
        return asked.Zip(known, (x, y) => x.Sum() / a * (y.Sum() / b)).Sum();
    }

    private static string Name(Measurements measured, int k) =>
        measured.Run.Classes.ElementAtOrDefault(k) ?? $"class {k}";
}
