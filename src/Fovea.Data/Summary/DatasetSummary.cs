using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fovea.Data;

/// <summary>What is in a data set, for a look before training: sizes, classes, values, and whether test items were seen
/// in training.</summary>
/// <param name="Name">The set's name.</param>
/// <param name="Format">Where it comes from.</param>
/// <param name="ItemShape">Images [C, H, W] or series [C, L].</param>
/// <param name="Classes">Class names in order of index.</param>
/// <param name="Train">The training part.</param>
/// <param name="Test">The test part.</param>
/// <param name="LeakedPairs">Test items whose values equal those of a training item, as (test index, first such
/// training index), in order.</param>
/// <param name="Warnings">What to look at before trusting a result, a sentence each; empty where nothing was
/// found.</param>
public sealed record DatasetSummary(
    string Name,
    string Format,
    Shape ItemShape,
    IReadOnlyList<string> Classes,
    PartSummary Train,
    PartSummary Test,
    IReadOnlyList<(int Test, int Train)> LeakedPairs,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Reads every item once and sums up.</summary>
    /// <param name="source">The data set.</param>
    public static DatasetSummary Of(DataSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        (PartSummary train, UInt128[] trainHashes) = Part(source.Train);
        (PartSummary test, UInt128[] testHashes) = Part(source.Test);
        Dictionary<UInt128, int> first = [];
        for (int i = 0; i < trainHashes.Length; i++)
        {
            first.TryAdd(trainHashes[i], i);
        }

        List<(int Test, int Train)> leaked = [];
        for (int i = 0; i < testHashes.Length; i++)
        {
            if (first.TryGetValue(testHashes[i], out int index))
            {
                leaked.Add((i, index));
            }
        }

        return new DatasetSummary(
            source.Name,
            source.Format,
            source.Train.ItemShape,
            source.Train.Classes,
            train,
            test,
            leaked,
            [.. Warn(source, train, test, leaked)]
        );
    }

    private static (PartSummary Summary, UInt128[] Hashes) Part(IDataset data)
    {
        ChannelStatistics.Sums[] sums = new ChannelStatistics.Sums[data.ItemShape[0]];
        Array.Fill(sums, ChannelStatistics.Sums.Empty);
        int[] counts = new int[data.Classes.Count];
        UInt128[] hashes = new UInt128[data.Count];
        float[] item = new float[data.ItemShape.Count];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < data.Count; i++)
        {
            data.Read(i, item);
            ChannelStatistics.Add(sums, item);
            counts[data.Label(i)]++;
            SHA256.HashData(MemoryMarshal.AsBytes(item.AsSpan()), hash);
            hashes[i] = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        }

        int duplicates = data.Count - hashes.Distinct().Count();
        return (new PartSummary(data.Count, counts, [.. sums.Select(s => s.Result())], duplicates), hashes);
    }

    private static IEnumerable<string> Warn(
        DataSource source,
        PartSummary train,
        PartSummary test,
        List<(int Test, int Train)> leaked
    )
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (leaked.Count > 0)
        {
            yield return string.Create(
                culture,
                $"{leaked.Count} of {test.Count} test items equal a training item (first: test {leaked[0].Test} = train {leaked[0].Train}), so the test result is too good."
            );
        }

        foreach (
            (int test1, int train1) in leaked
                .Where(pair => source.Test.Label(pair.Test) != source.Train.Label(pair.Train))
                .Take(1)
        )
        {
            yield return string.Create(
                culture,
                $"equal items have different classes: test {test1} is '{source.Test.Classes[source.Test.Label(test1)]}', train {train1} is '{source.Train.Classes[source.Train.Label(train1)]}'."
            );
        }

        if (train.Duplicates > 0)
        {
            yield return string.Create(
                culture,
                $"{train.Duplicates} of {train.Count} training items repeat an earlier one."
            );
        }

        for (int c = 0; c < source.Train.Classes.Count; c++)
        {
            if (train.ClassCounts[c] == 0)
            {
                yield return $"class '{source.Train.Classes[c]}' has no training item.";
            }
        }
    }
}

/// <summary>What is in one part of a data set.</summary>
/// <param name="Count">Number of items.</param>
/// <param name="ClassCounts">Items of each class, in order of index.</param>
/// <param name="Channels">Statistics of each channel over all items, as stored.</param>
/// <param name="Duplicates">Items whose values equal those of an earlier item of the same part.</param>
public sealed record PartSummary(
    int Count,
    IReadOnlyList<int> ClassCounts,
    IReadOnlyList<ChannelStatistics> Channels,
    int Duplicates
);
