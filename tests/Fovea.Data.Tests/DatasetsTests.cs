namespace Fovea.Data.Tests;

public sealed class DatasetsTests
{
    [Fact]
    public void Open_NoSuchName_ListsTheBuiltInSets() =>
        Refused.With(() => Datasets.Open("no/such/thing"), "'no/such/thing' does not exist; built-in data sets are: shapes, cbf.");

    [Fact]
    public void Open_NameWithNul_IsRefusedTheSameWay() => Refused.With(() => Datasets.Open("a\0b"), "does not exist");

    [Fact]
    public void Open_EmptyFolder_SaysWhatWasExpected()
    {
        using TempFolder folder = new();
        Refused.With(() => Datasets.Open(folder.Folder), folder.Folder, "no data set recognised", "X_TRAIN and X_TEST");
    }

    [Fact]
    public void Open_UnknownFile_SaysWhatWasExpected()
    {
        using TempFolder folder = new();
        Refused.With(() => Datasets.Open(folder.Write("x.bin", [1, 2, 3])), "x.bin", "no data set recognised");
        Refused.With(() => Datasets.Open(folder.Write("x.gz", [0x1F, 0x8B])), "x.gz, byte 0: not a whole gzip file of the deflate method (2 bytes)");
    }

    [Fact]
    public void BuiltIn_EveryName_Opens()
    {
        foreach ((string name, string description) in Datasets.BuiltIn)
        {
            DataSource source = Datasets.Open(name, new DataOptions { TrainCount = 6, TestCount = 3 });
            Assert.Equal((name, "generated", 6, 3), (source.Name, source.Format, source.Train.Count, source.Test.Count));
            Assert.NotEmpty(description);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_000_001)]
    public void Open_CountOutOfRange_NamesTheOption(int count)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Datasets.Open("cbf", new DataOptions { TrainCount = count }));
        Assert.Contains($"TrainCount must be 1 to 10000000, got {count}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DataFormatException_FromAReader_TellsFileAndPlace()
    {
        DataFormatException e = Assert.Throws<DataFormatException>(() => IdxFile.Parse("some file", [9, 9, 9, 9], 1));
        Assert.Equal(("some file", "byte 0"), (e.FileName, e.Place));
    }
}
