using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Looks at the data before training: what cannot be read, is there twice or in two parts, is labelled in two ways, or is
/// fed in another scale or order than the network takes.</summary>
/// <remarks>At most <see cref="MostItems"/> items and 2^26 values are read, evenly spread over each part; labels are all read. The same
/// data give the same report.</remarks>
public static class DataLint
{
    /// <summary>The most items that are read.</summary>
    public const int MostItems = 20_000;

    // 20,000 pictures 3 x 32 x 32, some seconds of photographs.
    private const long MostValues = 1L << 26;

    /// <summary>Looks at a data set as it is fed: preprocessed as <see cref="Preprocessing.Fit"/> does.</summary>
    /// <param name="source">The data.</param>
    public static DataReport Of(DataSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Of(source.Train, null, source.Test, Preprocessing.Fit(source.Train));
    }

    /// <summary>Looks at the parts of a data set.</summary>
    /// <param name="train">Items learned from.</param>
    /// <param name="heldOut">Items held out; null without.</param>
    /// <param name="test">Items of the test part; null without.</param>
    /// <param name="preprocessing">What is done to each item before it is fed; null for nothing.</param>
    public static DataReport Of(
        IDataset train,
        IDataset? heldOut = null,
        IDataset? test = null,
        Preprocessing? preprocessing = null
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        return Of(Items(train)!, Items(heldOut), Items(test));

        LintItems? Items(IDataset? data) => data is null ? null : LintItems.Of(data, preprocessing);
    }

    /// <summary>Looks at samples of several tensors, by their first input; null where that is no floats.</summary>
    internal static DataReport? Of(ISampleSet train, ISampleSet? heldOut, ISampleSet? test) =>
        LintItems.Of(train) is { } items
            ? Of(items, heldOut is null ? null : LintItems.Of(heldOut), test is null ? null : LintItems.Of(test))
            : null;

    private static DataReport Of(LintItems train, LintItems? heldOut, LintItems? test)
    {
        LintItems[] others = [.. new[] { heldOut, test }.OfType<LintItems>().Where(o => o.Shape == train.Shape)];
        int budget = (int)Math.Min(MostItems, Math.Max(1, MostValues / Math.Max(1, train.Shape.Count)));
        int[] shares = Shares([train, .. others], budget);
        PartLook learned = PartLook.Of(train, shares[0]);
        PartLook[] rest = [.. others.Select((o, i) => PartLook.Of(o, shares[i + 1]))],
            parts = [learned, .. rest];
        PartLook? last = rest.LastOrDefault(r => r.Looked > 0);
        Dictionary<UInt128, int> known = [];
        foreach (ItemLook look in Told(learned))
        {
            known.TryAdd(look.Hash, look.Index);
        }

        PartCopies[] copies =
        [
            .. rest.Select((r, i) => CopiesIn(others[i] == heldOut ? "held out" : "test", others[i], r, train, known))
                .Where(c => c.Count > 0),
        ];
        (double agree, double testAgree, int asked) = NearNeighbours.Agreement(learned.Looks, last?.Looks ?? []);
        LabelNeighbours? labels = last is null ? null : LabelNeighbours.Of(learned, last, train.Classes.Count);
        PartLook? held = rest.FirstOrDefault(r => r.Looked > 0);
        LabelNeighbours? across = held is null ? null : LabelNeighbours.Of(learned, held, train.Classes.Count);
        (string turned, int turnedRight) = across?.Turned(train.Shape) ?? ("", 0);
        (int Near, int Looked)[] near = [.. rest.Select(r => NearNeighbours.Count(learned.Looks, r.Looks))];
        return Labels(train, [heldOut, test]) with
        {
            ItemShape = [.. train.Shape.Sizes],
            TestPerClass = test is null ? [] : PerClass(test, Math.Max(train.Classes.Count, test.Classes.Count)).Counts,
            Looked = parts.Sum(p => p.Looked),
            OthersLooked = rest.Sum(r => r.Looked),
            Duplicates = Told(learned).Count() - known.Count,
            Contradictions = parts
                .SelectMany(Told)
                .GroupBy(l => l.Hash)
                .Where(g => g.Select(l => l.Label).Distinct().Count() > 1)
                .Sum(g => g.Count()),
            AcrossParts = copies.Sum(c => c.Count),
            Copies = copies,
            NeighboursAcrossParts = near.Sum(n => n.Near),
            NeighboursLooked = near.Sum(n => n.Looked),
            Constant = parts.Sum(p => p.Looks.Count(l => l.IsConstant)),
            NonFinite = parts.Sum(p => p.NonFinite),
            Unreadable = parts.Sum(p => p.Unreadable),
            Low = learned.Moments.Low,
            High = learned.Moments.High,
            ChannelMeans = learned.Moments.Means,
            ChannelDeviations = learned.Moments.Deviations,
            TestChannelMeans = last?.Moments.Means ?? [],
            TestChannelDeviations = last?.Moments.Deviations ?? [],
            NeighbourCorrelation = learned.Neighbours.Correlation,
            PeriodExcess = learned.Neighbours.PeriodExcess,
            DistantPartners = learned.Partners.Distant(),
            LabelAgreement = agree,
            TestLabelAgreement = testAgree,
            AgreementItems = asked,
            NeighbourLabels = labels?.Learned() ?? [],
            TestNeighbourLabels = labels?.Others() ?? [],
            AcrossNeighbourLabels = across?.Across() ?? [],
            Turned = turned,
            TurnedRight = turnedRight,
            ConstantTail = learned.ConstantTail,
            Far = learned.Far.Furthest,
            FarItems = learned.FarItems,
            LargestDeviations = learned.Far.LargestDeviations(learned.Moments),
            VarianceOfFew = learned.Spread.ShareOfFew(),
            Trait = held is null ? null : PartTraits.Of(learned, held),
        };
    }

    private static PartCopies CopiesIn(
        string name,
        LintItems part,
        PartLook looked,
        LintItems train,
        Dictionary<UInt128, int> known
    )
    {
        ItemLook[] copies = [.. Told(looked).Where(l => known.ContainsKey(l.Hash))];
        return new PartCopies(
            name,
            copies.Length,
            [
                .. copies
                    .Take(PartCopies.MostNamed)
                    .Select(c => new CopiedItem(part.SourceIndex(c.Index), train.SourceIndex(known[c.Hash]))),
            ]
        );
    }

    /// <summary>Items that can be told apart: blank ones are all alike without being copies.</summary>
    private static IEnumerable<ItemLook> Told(PartLook part) => part.Looks.Where(l => !l.IsConstant);

    /// <summary>How many items of each part are read: all where they fit, else in proportion.</summary>
    private static int[] Shares(LintItems[] parts, int budget)
    {
        long all = parts.Sum(p => (long)p.Count);
        return
        [
            .. parts.Select(p =>
                all <= budget ? p.Count : (int)Math.Min(p.Count, Math.Max(1, p.Count * (long)budget / all))
            ),
        ];
    }

    private static DataReport Labels(LintItems train, LintItems?[] others)
    {
        LintItems[] parts = [train, .. others.OfType<LintItems>()];
        (int[] perClass, double runs, _) = PerClass(train, train.Classes.Count);
        string[][] names = [.. parts.Select(p => p.Classes.ToArray())];
        return new DataReport
        {
            TrainPerClass = perClass,
            LearnedPerClass = perClass,
            OthersPerClass = others.OfType<LintItems>().FirstOrDefault(o => o.Count > 0) is { } other
                ? PerClass(other, Math.Max(train.Classes.Count, other.Classes.Count)).Counts
                : [],
            LabelRuns = runs,
            LabelsOutOfRange = parts.Sum(p => PerClass(p, p.Classes.Count).Outside),
            ClassOrderDiffers = names
                .Skip(1)
                .Any(n => !n.SequenceEqual(names[0]) && n.Order().SequenceEqual(names[0].Order())),
            ClassesDiffer = names.Skip(1).Any(n => n.Except(names[0]).Any()),
        };
    }

    /// <summary>Items of each class, the length of stretches of one label over what chance would give, and labels that are no
    /// class.</summary>
    private static (int[] Counts, double Runs, int Outside) PerClass(LintItems items, int classes)
    {
        int[] counts = new int[classes];
        int outside = 0,
            runs = 0,
            before = -1;
        for (int i = 0; i < items.Count && classes > 0; i++)
        {
            int label = LabelOf(items, i);
            if ((uint)label >= (uint)classes)
            {
                outside++;
                continue;
            }

            counts[label]++;
            runs += label == before ? 0 : 1;
            before = label;
        }

        double n = counts.Sum(),
            expected = n > 0 ? 1 + counts.Sum(c => c / n * (n - c)) : double.NaN;
        return (counts, runs > 0 ? expected / runs : double.NaN, outside);
    }

    private static int LabelOf(LintItems items, int index)
    {
        try
        {
            return items.Label(index) ?? -1;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or NotSupportedException)
        {
            return -1; // it counts as no class, and as unreadable where the item is looked at
        }
    }
}
