namespace Fovea.Workbench;

/// <summary>What was found of the data before training: <c>measurements/data.json</c>.</summary>
public sealed record DataReport
{
    /// <summary>By class: items learned from.</summary>
    public IReadOnlyList<int> TrainPerClass { get; init; } = [];

    /// <summary>By class: items of the test part.</summary>
    public IReadOnlyList<int> TestPerClass { get; init; } = [];

    /// <summary>By class: items learned from whose labels were read; of a loop written by hand, which names some of its items, those.</summary>
    public IReadOnlyList<int> LearnedPerClass { get; init; } = [];

    /// <summary>By class: items held out, or of the test part where none are.</summary>
    public IReadOnlyList<int> OthersPerClass { get; init; } = [];

    /// <summary>Shape of an item without a batch, e.g. 3, 32, 32; empty where it was not looked at.</summary>
    public IReadOnlyList<int> ItemShape { get; init; } = [];

    /// <summary>Items looked at; the largest sets are looked at in part.</summary>
    public int Looked { get; init; }

    /// <summary>Of <see cref="Looked"/>, items held out or of the test part.</summary>
    public int OthersLooked { get; init; }

    /// <summary>Items learned from that equal another of them to the bit.</summary>
    public int Duplicates { get; init; }

    /// <summary>Items that equal another of a different class to the bit.</summary>
    public int Contradictions { get; init; }

    /// <summary>Items held out or of the test part that equal one learned from to the bit.</summary>
    public int AcrossParts { get; init; }

    /// <summary>The items of <see cref="AcrossParts"/> by part; parts without one are left out. Empty where no part has one, or an
    /// earlier version looked.</summary>
    public IReadOnlyList<PartCopies> Copies { get; init; } = [];

    /// <summary>Items held out or of the test part with a neighbour among those learned from that is far nearer than
    /// neighbours within a part are.</summary>
    public int NeighboursAcrossParts { get; init; }

    /// <summary>Items held out or of the test part whose neighbours were looked for.</summary>
    public int NeighboursLooked { get; init; }

    /// <summary>Items with one value throughout.</summary>
    public int Constant { get; init; }

    /// <summary>Items with values that are no finite numbers.</summary>
    public int NonFinite { get; init; }

    /// <summary>Items that could not be read.</summary>
    public int Unreadable { get; init; }

    /// <summary>Items whose label is no class.</summary>
    public int LabelsOutOfRange { get; init; }

    /// <summary>Lowest value as fed to the network; NaN where it was not looked at.</summary>
    public double Low { get; init; } = double.NaN;

    /// <summary>Highest value as fed to the network; NaN where it was not looked at.</summary>
    public double High { get; init; } = double.NaN;

    /// <summary>By channel: mean as fed to the network.</summary>
    public IReadOnlyList<double> ChannelMeans { get; init; } = [];

    /// <summary>By channel: standard deviation as fed to the network.</summary>
    public IReadOnlyList<double> ChannelDeviations { get; init; } = [];

    /// <summary>By channel: mean of the test part as fed to the network.</summary>
    public IReadOnlyList<double> TestChannelMeans { get; init; } = [];

    /// <summary>By channel: standard deviation of the test part as fed to the network.</summary>
    public IReadOnlyList<double> TestChannelDeviations { get; init; } = [];

    /// <summary>Correlation of neighbouring positions, the mean over spatial axes, -1 to 1; NaN without such.</summary>
    public double NeighbourCorrelation { get; init; } = double.NaN;

    /// <summary>Correlation of values along the last axis that are as far apart as there are channels, less the highest of
    /// those nearer; above 0 where channels lie beside each other in place of behind. NaN with one channel.</summary>
    public double PeriodExcess { get; init; } = double.NaN;

    /// <summary>Positions whose most alike position, over the items, is far away, of those that have one alike: near 0 where
    /// neighbours belong together, and near 1 where positions were put in another order. NaN where no positions are
    /// alike.</summary>
    public double DistantPartners { get; init; } = double.NaN;

    /// <summary>Items learned from, at most 1000, whose nearest other item has the same label; NaN where items have no
    /// class.</summary>
    public double LabelAgreement { get; init; } = double.NaN;

    /// <summary>The same within the test part, or the items held out where there is none, for as many items; NaN where items have no
    /// class, or there is neither.</summary>
    public double TestLabelAgreement { get; init; } = double.NaN;

    /// <summary>Items behind each of the two.</summary>
    public int AgreementItems { get; init; }

    /// <summary>By label, and by label of the nearest other one: items learned from, at most 600; empty where items have no class, or
    /// there is no other part.</summary>
    public IReadOnlyList<IReadOnlyList<int>> NeighbourLabels { get; init; } = [];

    /// <summary>The same within the test part, or the items held out where there is none.</summary>
    public IReadOnlyList<IReadOnlyList<int>> TestNeighbourLabels { get; init; } = [];

    /// <summary>By label, and by label of the nearest item learned from: items held out, or of the test part where none are.</summary>
    public IReadOnlyList<IReadOnlyList<int>> AcrossNeighbourLabels { get; init; } = [];

    /// <summary>The way to turn those items round that brings most of them to items learned from of the same label; empty where none was
    /// tried.</summary>
    public string Turned { get; init; } = "";

    /// <summary>Items that have the label of the nearest learned from when they are so turned.</summary>
    public int TurnedRight { get; init; }

    /// <summary>Mean share of a series, 0-1, that one value fills at its end in every channel; 0 for pictures, NaN where it was not looked
    /// at.</summary>
    public double ConstantTail { get; init; } = double.NaN;

    /// <summary>The value that is furthest from all others of its channel; null where channels have two values or fewer, or were not
    /// looked at.</summary>
    public FarValue? Far { get; init; }

    /// <summary>Series learned from with a value that comes again, ten times as far from all others of its channel as those lie
    /// apart.</summary>
    public int FarItems { get; init; }

    /// <summary>The largest distance of a value from the mean of its channel, in deviations; NaN where it was not looked at.</summary>
    public double LargestDeviations { get; init; } = double.NaN;

    /// <summary>The share of the variance over the items that one in a hundred positions has, those with most of it, 0-1; NaN for fewer
    /// than 100 positions.</summary>
    public double VarianceOfFew { get; init; } = double.NaN;

    /// <summary>What tells the items held out, or of the test part where none are, best from those learned from; null without
    /// such.</summary>
    public PartTrait? Trait { get; init; }

    /// <summary>Mean length of stretches of one label in the order of the file, over what chance would give.</summary>
    public double LabelRuns { get; init; } = double.NaN;

    /// <summary>Whether the parts have the same classes in another order.</summary>
    public bool ClassOrderDiffers { get; init; }

    /// <summary>Whether a part has classes that those learned from do not have, by name.</summary>
    public bool ClassesDiffer { get; init; }
}

/// <summary>Items of a part that equal one learned from to the bit.</summary>
/// <param name="Part"><c>held out</c> or <c>test</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Items">The first of them, at most <see cref="MostNamed"/>.</param>
public sealed record PartCopies(string Part, int Count, IReadOnlyList<CopiedItem> Items)
{
    /// <summary>The most items that are named.</summary>
    public const int MostNamed = 20;
}

/// <summary>An item that equals one learned from.</summary>
/// <param name="Index">Its number in the data as given, from 0: an item held out is one of the training part.</param>
/// <param name="Learned">The number of the first item learned from that it equals, in the training part as given, from 0.</param>
public sealed record CopiedItem(int Index, int Learned);
