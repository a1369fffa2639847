using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Data.Tests;

/// <summary>Archives that NumPy wrote, compared with what NumPy has: tests/golden/arrays.py.</summary>
public sealed class NumpySourceTests
{
    private static readonly string Golden = Path.Combine(TestData.Root, "tests", "golden", "arrays");

    private static readonly JsonElement Expected = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(Golden, "expected.json")))
        .RootElement;

    [Theory]
    [InlineData("keras.npz", 10, 4, "axes (items, height, width, channels), bytes scaled to 0..1")]
    [InlineData("medmnist.npz", 10, 4, "axes (items, height, width), bytes scaled to 0..1")]
    [InlineData("fortran.npz", 10, 10, "axes (items, height, width, channels), bytes scaled to 0..1")]
    [InlineData("series.npz", 10, 10, "axes (items, length), values as they are")]
    public void Open_Archive_GivesItemsChannelsFirstAndSaysHow(string name, int train, int test, string reading)
    {
        DataSource source = Datasets.Open(Path.Combine(Golden, name));

        Assert.Equal(("npz", train, test), (source.Format, source.Train.Count, source.Test.Count));
        Assert.Equal($"arrays are read as {reading}.", source.Notices[0]);
        Assert.Equal(["0", "1", "2"], source.Train.Classes);
        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(source.Train.Label));
        Same(name, source.Train, 1);
    }

    [Fact]
    public void Open_ArchiveWithoutParts_SetsAFifthOfEachClassAsideBySeed()
    {
        DataSource source = Open(1),
            again = Open(1),
            other = Open(2);

        Assert.Equal((24, 6), (source.Train.Count, source.Test.Count));
        Assert.Equal([2, 2, 2], Enumerable.Range(0, 6).Select(source.Test.Label).CountBy(l => l).Select(c => c.Value));
        Assert.Contains(source.Notices, n => n.Contains("24 items are to learn from and 6", StringComparison.Ordinal));
        Assert.Equal(Values(source.Test), Values(again.Test));
        Assert.NotEqual(Values(source.Test), Values(other.Test));
        float[] wanted =
        [
            .. Expected
                .GetProperty("together.npz")
                .GetProperty("values")
                .EnumerateArray()
                .Select(v => (float)v.GetDouble()),
        ];
        Assert.Contains(Values(source.Train).Concat(Values(source.Test)).Chunk(60), item => item.SequenceEqual(wanted));

        static DataSource Open(ulong seed) =>
            Datasets.Open(Path.Combine(Golden, "together.npz"), new DataOptions { Seed = seed });
    }

    [Theory]
    [InlineData(
        "stored.npz",
        "a data set has the arrays x_train, y_train, x_test and y_test, or x and y; this archive has a, layer1/conv.weight, ../up"
    )]
    [InlineData("order_C_2x3.npy", "a single array has no labels")]
    public void Open_NoDataSet_SaysWhatIsWanted(string name, string expected) =>
        Refused.With(() => Datasets.Open(Path.Combine(Golden, name)), expected);

    [Fact]
    public void Open_ZipWithoutArrays_SaysSo()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(Path.Combine(folder.Folder, "z.npz"), [.. "PK\u0005\u0006"u8, .. new byte[18]]);
        Refused.With(
            () => Datasets.Open(Path.Combine(folder.Folder, "z.npz")),
            "a zip archive without arrays of NumPy"
        );
    }

    [Fact]
    public void Open_FewerItems_TakesTheFirst()
    {
        DataSource source = Datasets.Open(Path.Combine(Golden, "keras.npz"), new DataOptions { TrainCount = 5 });
        Assert.Equal(5, source.Train.Count);
    }

    private static float[] Values(IDataset data)
    {
        int size = (int)data.ItemShape.Count;
        float[] values = new float[data.Count * size];
        for (int i = 0; i < data.Count; i++)
        {
            data.Read(i, values.AsSpan(i * size, size));
        }

        return values;
    }

    private static void Same(string name, IDataset data, int index)
    {
        JsonElement expected = Expected.GetProperty(name);
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()), data.ItemShape);
        float[] item = new float[data.ItemShape.Count];
        data.Read(index, item);
        float[] wanted = [.. expected.GetProperty("values").EnumerateArray().Select(v => (float)v.GetDouble())];
        for (int i = 0; i < item.Length; i++)
        {
            Assert.True(MathF.Abs(item[i] - wanted[i]) <= 1e-7f, $"value {i}: {item[i]}, NumPy has {wanted[i]}");
        }
    }
}
