namespace Fovea.Data.Tests;

/// <summary>Image folders: what becomes a class, what is left out, and that it is said.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private static readonly DataOptions Small = new() { ItemShape = [1, 4, 4] };

    private readonly TempFolder _temp = new("pictures");

    public void Dispose() => _temp.Dispose();

    private string Root => _temp.Folder;

    /// <summary>Writes a gray picture of 4 x 4 pixels; its level tells it apart.</summary>
    private string Picture(string path, byte level)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        byte[] rows = [.. Enumerable.Range(0, 4).SelectMany(_ => new byte[] { 0, level, level, level, level })];
        File.WriteAllBytes(full, PngBytes.File(PngBytes.Header(4, 4, 8, 0), PngBytes.Data(rows)));
        return full;
    }

    private void File_(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, path))!);
        File.WriteAllText(Path.Combine(Root, path), text);
    }

    private static int Level(IDataset data, int index)
    {
        float[] item = new float[data.ItemShape.Count];
        data.Read(index, item);
        return (int)Math.Round(item[0] * 255);
    }

    private static string Said(DataSource source) => string.Join("\n", source.Notices);

    [Fact] // row 11
    public void Open_ClassNames_AreInOrdinalOrder()
    {
        foreach (string name in new[] { "b", "10", "a", "2", "B", "1" })
        {
            Picture($"train/{name}/x.png", 1);
            Picture($"test/{name}/y.png", 2);
        }

        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(["1", "10", "2", "B", "a", "b"], source.Train.Classes);
        Assert.Equal(("images", 6, 6), (source.Format, source.Train.Count, source.Test.Count));
        Assert.Equal([0, 1, 2, 3, 4, 5], Enumerable.Range(0, 6).Select(source.Train.Label));
    }

    [Theory]
    [InlineData("train", "test")]
    [InlineData("training", "val")]
    [InlineData("Train", "valid")]
    [InlineData("train", "validation")]
    [InlineData("train", "testing")]
    public void Open_UsualPartNames_AreFound(string train, string test)
    {
        Picture($"{train}/a/1.png", 10);
        Picture($"{train}/b/2.png", 20);
        Picture($"{test}/b/3.png", 30);
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal((2, 1), (source.Train.Count, source.Test.Count));
        Assert.Equal((30, 1), (Level(source.Test, 0), source.Test.Label(0)));
    }

    [Fact]
    public void Open_TrainValTest_TestJudgesAndValIsSaidNotToBeUsed()
    {
        Picture("train/a/1.png", 10);
        Picture("train/b/2.png", 20);
        Picture("val/a/3.png", 30);
        Picture("test/a/4.png", 40);
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(40, Level(source.Test, 0));
        Assert.Contains("val is not used", Said(source), StringComparison.Ordinal);
    }

    [Fact] // row 15
    public void Open_TestBesideClasses_IsNoClass()
    {
        Picture("cats/1.png", 10);
        Picture("dogs/2.png", 20);
        Picture("test/3.png", 30);
        Refused.With(() => Datasets.Open(Root, Small), "there is a folder 'test' but no folder 'train' beside it");
    }

    [Fact] // row 15
    public void Open_LooseAndDeeperFiles_AreReportedAndTheFirstFolderIsTheClass()
    {
        Picture("train/loose.png", 1);
        Picture("train/a/1.png", 10);
        Picture("train/a/deep/er/2.png", 20);
        Picture("train/b/3.png", 30);
        Picture("test/a/4.png", 40);
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(["a", "b"], source.Train.Classes);
        Assert.Equal(
            [(10, 0), (20, 0), (30, 1)],
            Enumerable.Range(0, 3).Select(i => (Level(source.Train, i), source.Train.Label(i)))
        );
        Assert.Contains("1 file beside the class folders left out", Said(source), StringComparison.Ordinal);
        Assert.Contains("1 file in folders below the class folders", Said(source), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoParts_SplitsAFifthOfEachClassBySeed()
    {
        for (int i = 0; i < 20; i++)
        {
            Picture($"a/{i:D2}.png", (byte)i);
            Picture($"b/{i:D2}.png", (byte)(100 + i));
        }

        int[] Test(ulong seed)
        {
            DataSource source = Datasets.Open(Root, Small with { Seed = seed });
            Assert.Equal((32, 8), (source.Train.Count, source.Test.Count));
            Assert.Equal(4, Enumerable.Range(0, 8).Count(i => source.Test.Label(i) == 0));
            int[] test = [.. Enumerable.Range(0, 8).Select(i => Level(source.Test, i))],
                train = [.. Enumerable.Range(0, 32).Select(i => Level(source.Train, i))];
            Assert.Empty(test.Intersect(train));
            return test;
        }

        Assert.Equal(Test(1), Test(1));
        Assert.NotEqual(Test(1), Test(2));
    }

    [Fact] // row 10
    public void Open_Litter_IsPassedOverAtEveryDepthAndCounted()
    {
        Picture("train/a/1.png", 10);
        Picture("train/b/2.png", 20);
        Picture("test/a/3.png", 30);
        Picture("train/a/._1.png", 1);
        Picture("train/.ipynb_checkpoints/x.png", 1);
        Picture("train/__MACOSX/x.png", 1);
        File_(".DS_Store", "x");
        File_("train/b/Thumbs.db", "x");
        File_("train/b/sub/desktop.ini", "x");
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(["a", "b"], source.Train.Classes);
        Assert.Equal(2, source.Train.Count);
        Assert.Contains("6 hidden or system files and folders passed over", Said(source), StringComparison.Ordinal);
    }

    [Fact] // row 9
    public void Open_WrongEndings_FormatComesFromTheContentAndOthersAreCountedByKind()
    {
        File.Move(Picture("train/a/1.png", 10), Path.Combine(Root, "train/a/1.JPG"));
        File.Move(Picture("train/a/2.png", 11), Path.Combine(Root, "train/a/2.tif"));
        File.Move(Picture("train/b/3.png", 20), Path.Combine(Root, "train/b/noending"));
        Picture("test/a/4.png", 30);
        File_("train/a/notes.txt", "x");
        File_("train/b/list.txt", "x");
        File_("train/b/scan.tif", "II*\0xxxxxxxxxxxxxxxxx");
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal([10, 11, 20], Enumerable.Range(0, 3).Select(i => Level(source.Train, i)));
        Assert.Contains(
            "3 files left out that are no picture or of a format that is not read: 2 .txt, 1 Tiff (.tif).",
            Said(source),
            StringComparison.Ordinal
        );
    }

    [Fact] // row 8
    public void Open_DamagedPictures_AreLeftOutByPathOrRefused()
    {
        Picture("train/a/1.png", 10);
        Picture("train/b/2.png", 20);
        Picture("test/a/3.png", 30);
        string cut = Picture("train/b/cut.png", 40);
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..40]);
        File_("train/a/empty.png", "");
        File_("train/a/text.jpg", "not a picture");
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(2, source.Train.Count);
        Assert.Contains("3 damaged pictures left out: ", Said(source), StringComparison.Ordinal);
        Assert.Contains(cut, Said(source), StringComparison.Ordinal);
        Assert.Contains("empty.png: empty.", Said(source), StringComparison.Ordinal);
        Refused.With(
            () => Datasets.Open(Root, Small with { Strict = true }),
            "empty.png",
            "Damaged pictures are refused here"
        );
    }

    [Fact] // row 22
    public void Open_PictureAboveTheLimit_CountsAsDamaged()
    {
        Picture("a/1.png", 10);
        Picture("b/2.png", 20);
        Refused.With(
            () => Datasets.Open(Root, Small with { MostPixels = 15 }),
            "there is no picture that can be read",
            "make at most 15 pixels, got 4 x 4"
        );
        Assert.Equal(1, Datasets.Open(Root, Small with { MostPixels = 16, AllForTest = true }).Test.Label(1));
    }

    [Fact] // row 12
    public void Open_EmptyClass_KeepsItsIndexAndIsNamed()
    {
        Picture("train/a/1.png", 10);
        Directory.CreateDirectory(Path.Combine(Root, "train/b"));
        Picture("train/c/2.png", 20);
        Picture("test/c/3.png", 30);
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(["a", "b", "c"], source.Train.Classes);
        Assert.Equal(2, source.Train.Label(1));
        Assert.Contains("classes without a train picture: b.", Said(source), StringComparison.Ordinal);
        Assert.Contains("classes without a test picture: a, b.", Said(source), StringComparison.Ordinal);
    }

    [Fact] // row 13
    public void Open_ClassesOfANetwork_AreMatchedByNameAndOthersNamed()
    {
        Picture("b/1.png", 10);
        Picture("unknown/2.png", 20);
        Picture("a/3.png", 30);
        DataSource source = Datasets.Open(Root, Small with { Classes = ["c", "b", "a"], AllForTest = true });
        Assert.Equal((0, 2), (source.Train.Count, source.Test.Count));
        Assert.Equal(
            [(30, 2), (10, 1)],
            Enumerable.Range(0, 2).Select(i => (Level(source.Test, i), source.Test.Label(i)))
        );
        Assert.Contains(
            "folders that are no class of the network left out: unknown.",
            Said(source),
            StringComparison.Ordinal
        );
        Assert.Contains("classes of the network without a folder: c.", Said(source), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TooFewToJudgeBy_IsRefused()
    {
        Picture("a/1.png", 10);
        Picture("b/2.png", 20);
        Refused.With(
            () => Datasets.Open(Root, Small),
            "pictures to learn from and pictures to judge by, found 2 and 0"
        );
    }

    [Fact] // row 14
    public void Open_OneClass_IsRefused()
    {
        Picture("only/1.png", 10);
        Refused.With(() => Datasets.Open(Root, Small), "there is one class only, 'only'");
    }

    [Fact]
    public void Open_PicturesWithoutClassFolders_SaysWhatIsExpected()
    {
        Picture("train/1.png", 10);
        Refused.With(
            () => Datasets.Open(Root, Small),
            "no class folders: an image data set has one folder for each class",
            "found 1 file"
        );
    }

    [Fact] // row 16
    public void Open_SymbolicLinks_AreFollowedOnceAndLoopsAndBrokenOnesNamed()
    {
        string one = Picture("outside/1.png", 10);
        Directory.CreateDirectory(Path.Combine(Root, "set/train"));
        Picture("set/train/b/2.png", 20);
        Picture("set/test/a/3.png", 30);
        Directory.CreateSymbolicLink(Path.Combine(Root, "set/train/a"), Path.Combine(Root, "outside"));
        File.CreateSymbolicLink(Path.Combine(Root, "set/train/b/again.png"), one);
        File.CreateSymbolicLink(Path.Combine(Root, "set/train/b/broken.png"), Path.Combine(Root, "nowhere"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "set/train/b/up"), Path.Combine(Root, "set"));
        DataSource source = Datasets.Open(Path.Combine(Root, "set"), Small);
        Assert.Equal(["a", "b"], source.Train.Classes);
        Assert.Equal([10, 20], Enumerable.Range(0, source.Train.Count).Select(i => Level(source.Train, i)));
        Assert.Contains("3 links left out", Said(source), StringComparison.Ordinal);
        Assert.Contains("broken.png leads nowhere", Said(source), StringComparison.Ordinal);
        Assert.Contains("up leads to ", Said(source), StringComparison.Ordinal);
    }

    [Fact] // row 17
    public void Open_NamesOfAnyScript_AreReadAndComposedFormsAreOneClass()
    {
        Picture("train/caf\u00e9/-x.png", 10);
        Picture("train/\ud55c\uad6d/\u732b.png", 20);
        Picture($"train/z/{new string('\u00fc', 120)}.png", 30); // 244 bytes
        Picture("test/cafe\u0301/2.png", 40);
        Picture("test/\u1112\u1161\u11ab\u1100\u116e\u11a8/3.png", 50);
        DataSource source = Datasets.Open(Root, Small);
        Assert.Equal(["caf\u00e9", "z", "\ud55c\uad6d"], source.Train.Classes);
        Assert.Equal(
            [(40, 0), (50, 2)],
            Enumerable.Range(0, 2).Select(i => (Level(source.Test, i), source.Test.Label(i)))
        );
    }

    [Fact] // row 17
    public void Open_OneNameInTwoForms_IsRefused()
    {
        Picture("train/caf\u00e9/1.png", 10);
        Picture("train/cafe\u0301/2.png", 20);
        Refused.With(() => Datasets.Open(Root, Small), "two folders are named 'caf\u00e9'");
    }

    [Fact] // row 25
    public void Open_SamePictureInTwoPartsOrClasses_IsListedWithBothPaths()
    {
        string a = Picture("train/a/1.png", 10);
        Picture("train/b/2.png", 20);
        string leaked = Picture("test/a/copy.png", 10),
            other = Picture("train/b/same.png", 10);
        DataSource source = Datasets.Open(Root, Small);
        Assert.Contains(
            $"1 test picture of 1 also among those to learn from, so the test result is too good: {a} = {leaked}.",
            Said(source),
            StringComparison.Ordinal
        );
        Assert.Contains($"1 picture in two classes: {a} = {other}.", Said(source), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CountOfItems_TakesFromEachClassInTurn()
    {
        for (int i = 0; i < 6; i++)
        {
            Picture($"train/a/{i}.png", (byte)i);
            Picture($"train/b/{i}.png", (byte)(10 + i));
        }

        Picture("test/a/x.png", 30);
        DataSource source = Datasets.Open(Root, Small with { TrainCount = 4 });
        Assert.Equal([0, 1, 10, 11], Enumerable.Range(0, 4).Select(i => Level(source.Train, i)));
    }

    [Fact] // row 24
    public void Read_ManyTimes_LeavesNoFileOpen()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Picture("train/a/1.png", 10);
        Picture("train/b/2.png", 20);
        Picture("test/a/3.png", 30);
        DataSource source = Datasets.Open(Root, Small with { CacheBytes = 0 });
        static int Open() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
        int before = Open();
        for (int i = 0; i < 10_000; i++)
        {
            Level(source.Train, i % 2);
        }

        Assert.InRange(Open(), 0, before + 20); // others may open a few meanwhile
    }

    [Fact]
    public void Read_WithAndWithoutCache_GivesTheSame()
    {
        Picture("train/a/1.png", 10);
        Picture("train/b/2.png", 20);
        Picture("test/b/3.png", 30);
        DataSource cached = Datasets.Open(Root, Small),
            anew = Datasets.Open(Root, Small with { CacheBytes = 0 });
        Assert.Equal(Level(cached.Train, 0), Level(anew.Train, 0));
    }

    [Theory] // row 23
    [InlineData(1)]
    [InlineData(8)]
    public void Epoch_AnyNumberOfWorkers_GivesTheSameBitsAndOthersEachEpoch(int workers)
    {
        for (int i = 0; i < 12; i++)
        {
            string path = Path.Combine(Root, i % 2 == 0 ? "a" : "b", $"{i}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            byte[] rows = [.. Enumerable.Range(0, 20 * 31).Select(k => (byte)(k % 31 == 0 ? 0 : k * (7 + i)))];
            File.WriteAllBytes(path, PngBytes.File(PngBytes.Header(30, 20, 8, 0), PngBytes.Data(rows)));
        }

        DataSource source = Datasets.Open(Root, new DataOptions { ItemShape = [3, 16, 16], AllForTest = true });
        float[] Values(int w, int epoch) => [.. new Loader(
                    source.Test,
                    new LoaderOptions
                    {
                        BatchSize = 5,
                        Shuffle = true,
                        Seed = 3,
                        Workers = w,
                        Augmentation = Augmentation.Parse("resized-crop,color,trivialaugment,flip"),
                    }
                ).Epoch(epoch).SelectMany(b => b.Inputs.ToArray())];
        Assert.Equal(Values(0, 0), Values(workers, 0));
        Assert.NotEqual(Values(0, 0), Values(workers, 1));
    }
}
