namespace Fovea.Data.Tests;

public sealed class DatasetsTests
{
    [Fact]
    public void Open_NoSuchName_ListsTheBuiltInSets() =>
        Refused.With(
            () => Datasets.Open("no/such/thing"),
            "'no/such/thing' does not exist; built-in data sets are: shapes, cbf."
        );

    [Theory]
    [InlineData("toy", true)]
    [InlineData("other", false)]
    [InlineData("../toy", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("", false)]
    public void InDataFolder_NamesOfIt_AreFoundAndPathsAreNot(string name, bool found)
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Folder, "toy"));

        Assert.Equal(found ? Path.Combine(folder.Folder, "toy") : null, Datasets.InDataFolder(name, folder.Folder));
        Assert.Null(Datasets.InDataFolder(name, null));
    }

    [Fact]
    public void Open_NameWithNul_IsRefusedTheSameWay() => Refused.With(() => Datasets.Open("a\0b"), "does not exist");

    [Fact]
    public void Open_EmptyFolder_SaysWhatWasExpected()
    {
        using TempFolder folder = new();
        Refused.With(
            () => Datasets.Open(folder.Folder),
            folder.Folder,
            "no data set recognised",
            "X_TRAIN and X_TEST",
            "; found no file."
        );
        foreach (string name in (string[])["a.zip", "b.md", "c.csv", "d.csv", "e.csv"])
        {
            folder.Write(name, "x");
        }

        Refused.With(() => Datasets.Open(folder.Folder), "; found a.zip, b.md, c.csv and 2 more.");
    }

    [Fact]
    public void Open_UnknownFile_SaysWhatWasExpected()
    {
        using TempFolder folder = new();
        Refused.With(() => Datasets.Open(folder.Write("x.bin", [1, 2, 3])), "x.bin", "no data set recognised");
        Refused.With(
            () => Datasets.Open(folder.Write("x.gz", [0x1F, 0x8B])),
            "x.gz, byte 0: not a whole gzip file of the deflate method (2 bytes)"
        );
    }

    [Fact]
    public void BuiltIn_EveryName_Opens()
    {
        foreach ((string name, string description) in Datasets.BuiltIn)
        {
            DataSource source = Datasets.Open(name, new DataOptions { TrainCount = 6, TestCount = 3 });
            Assert.Equal(
                (name, "generated", 6, 3),
                (source.Name, source.Format, source.Train.Count, source.Test.Count)
            );
            Assert.NotEmpty(description);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Open_CountOutOfRange_NamesTheOption(int count)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            Datasets.Open("cbf", new DataOptions { TrainCount = count })
        );
        Assert.Contains(
            $"the number of training items (--train-items, TrainCount) must be 1 or more, got {count}",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Open_FolderNamedLikeABuiltInSet_IsTakenOnlyWrittenAsAPath()
    {
        const string Name = "cbf";
        Directory.CreateDirectory(Name); // beside the tests; those that want the built-in set get it all the same
        try
        {
            File.WriteAllText(Path.Combine(Name, "A_TRAIN.tsv"), "1\t2\n");
            File.WriteAllText(Path.Combine(Name, "A_TEST.tsv"), "1\t2\n");
            Assert.Equal((Name, "generated"), (Datasets.Open(Name).Name, Datasets.Open(Name).Format));
            Assert.Equal("A", Datasets.Open("./" + Name).Name);
            Assert.Equal("A", Datasets.Open(Path.GetFullPath(Name)).Name);
        }
        finally
        {
            Directory.Delete(Name, recursive: true);
        }
    }

    [Fact]
    public void Open_FileOfAnotherKind_SaysWhatItIs()
    {
        using TempFolder folder = new();
        Refused.With(
            () => Datasets.Open(folder.Write("UCR.zip", "PK\u0003\u0004 and so on")),
            "no data set recognised",
            "; the file is a zip archive. Unpack it first."
        );
        Refused.With(
            () => Datasets.Open(folder.Write("a.png", PngChunks.Signature.ToArray())),
            "; the file is a PNG image. A single image is an input of a trained network, not a data set."
        );
        Refused.With(
            () => Datasets.Open(folder.Write("a.ts.gz", IdxBytes.Gzip("@data"u8.ToArray()))),
            "; the file is compressed with gzip. Decompress it first."
        );
        folder.Write("A_TEST.tsv", "1\t2\n");
        Refused.With(
            () =>
                Datasets.Open(
                    folder.Write("A_TRAIN.tsv", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
                ),
            "A_TRAIN.tsv: series must be written as text (.ts, .tsv, .txt or .arff); the file is a Git LFS pointer, a text that stands for the real file. Fetch that with 'git lfs pull'."
        );
        Refused.With(() => Datasets.Open(folder.Write("A_TRAIN.tsv", "")), "A_TRAIN.tsv", "; the file is empty.");
    }

    [Fact]
    public void DataFormatException_FromAReader_TellsFileAndPlace()
    {
        DataFormatException e = Assert.Throws<DataFormatException>(() => IdxFile.Parse("some file", [9, 9, 9, 9], 1));
        Assert.Equal(("some file", "byte 0"), (e.FileName, e.Place));
    }
}
