using Fovea.Testing;

namespace Fovea.Data.Tests;

public sealed class IdxFolderTests : IDisposable
{
    private readonly TempFolder _folder = new("plain");

    public void Dispose() => _folder.Dispose();

    private void WriteSet(
        byte[]? trainImages = null,
        byte[]? trainLabels = null,
        byte[]? testImages = null,
        byte[]? testLabels = null,
        bool gzip = false
    )
    {
        void Write(string name, byte[] bytes) =>
            _folder.Write(gzip ? name + ".gz" : name, gzip ? IdxBytes.Gzip(bytes) : bytes);
        Write("train-images-idx3-ubyte", trainImages ?? IdxBytes.Images(4));
        Write("train-labels-idx1-ubyte", trainLabels ?? IdxBytes.Labels(0, 1, 2, 1));
        Write("t10k-images-idx3-ubyte", testImages ?? IdxBytes.Images(2));
        Write("t10k-labels-idx1-ubyte", testLabels ?? IdxBytes.Labels(2, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_SmallSet_GivesScaledPixelsLabelsAndNumberedClasses(bool gzip)
    {
        WriteSet(gzip: gzip);
        DataSource source = Datasets.Open(_folder.Folder);
        Assert.Equal("idx", source.Format);
        Assert.Equal((4, 2), (source.Train.Count, source.Test.Count));
        Assert.Equal([1, 2, 3], source.Train.ItemShape);
        Assert.Equal(["0", "1", "2"], source.Train.Classes);
        Assert.Equal([2, 0], Enumerable.Range(0, 2).Select(source.Test.Label));
        float[] item = new float[6];
        source.Train.Read(1, item);
        Assert.Equal([6 / 255f, 7 / 255f, 8 / 255f, 9 / 255f, 10 / 255f, 11 / 255f], item);
    }

    [Fact]
    public void Open_OneOfTheFiles_OpensTheWholeSet()
    {
        WriteSet(gzip: true);
        Assert.Equal(4, Datasets.Open(Path.Combine(_folder.Folder, "t10k-labels-idx1-ubyte.gz")).Train.Count);
    }

    [Fact]
    public void Open_FewerItemsAskedFor_GivesTheFirst()
    {
        WriteSet();
        DataSource source = Datasets.Open(_folder.Folder, new DataOptions { TrainCount = 3 });
        Assert.Equal((3, 2), (source.Train.Count, source.Test.Count));
        Assert.Contains(
            "items are 0 to 2, got 3",
            Assert.Throws<ArgumentOutOfRangeException>(() => source.Train.Label(3)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "must have the 6 elements of an item [1, 2, 3], got 5",
            Assert.Throws<ArgumentException>(() => source.Train.Read(0, new float[5])).Message,
            StringComparison.Ordinal
        );
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            Datasets.Open(_folder.Folder, new DataOptions { TestCount = 3 })
        );
        Assert.Contains(
            "the number of test items (--test-items, TestCount) must be 1 to the set's 2 items, got 3",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Open_FileMissing_SaysWhich()
    {
        WriteSet();
        File.Delete(Path.Combine(_folder.Folder, "t10k-labels-idx1-ubyte"));
        Refused.With(
            () => Datasets.Open(_folder.Folder),
            "an IDX data set needs the file t10k-labels-idx1-ubyte or the same with .gz"
        );
    }

    [Fact]
    public void Open_LabelsAndImagesDiffer_SaysBothCounts()
    {
        WriteSet(trainLabels: IdxBytes.Labels(0, 1, 2));
        Refused.With(
            () => Datasets.Open(_folder.Folder),
            "train-labels",
            "got 3 labels for the 4 images of train-images-idx3-ubyte"
        );
    }

    [Fact]
    public void Open_TestLabelBeyondTraining_SaysWhereAndWhich()
    {
        WriteSet(testLabels: IdxBytes.Labels(2, 9));
        Refused.With(
            () => Datasets.Open(_folder.Folder),
            "t10k-labels-idx1-ubyte, byte 9: labels must be 0 to 2 as in the training set, got 9"
        );
    }

    [Fact]
    public void Open_TestImagesOfOtherSize_SaysBoth()
    {
        WriteSet(testImages: IdxBytes.Images(2, 3, 3));
        Refused.With(() => Datasets.Open(_folder.Folder), "training images, 2x3, got 3x3");
    }

    [Theory]
    [InlineData("my-Fashion-set", 10, "T-shirt/top")]
    [InlineData("my-Fashion-set", 9, "0")]
    [InlineData("mnist", 10, "0")]
    public void ClassNames_ByFolderNameAndCount_KnowsFashion(string folder, int count, string first)
    {
        string[] names = IdxFolder.ClassNames(folder, count);
        Assert.Equal((count, first), (names.Length, names[0]));
    }

    [DataFact("fashion-mnist")]
    public void Open_FashionMnistAsItShips_HasItsImagesAndClasses()
    {
        DataSource source = Datasets.Open(TestData.Find("fashion-mnist")!);
        Assert.Equal((60000, 10000), (source.Train.Count, source.Test.Count));
        Assert.Equal([1, 28, 28], source.Test.ItemShape);
        Assert.Equal(
            ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
            source.Train.Classes
        );
        Assert.Equal([9, 0, 0, 3, 0], Enumerable.Range(0, 5).Select(source.Train.Label));
        Assert.All(Enumerable.Range(0, 60000).GroupBy(source.Train.Label), group => Assert.Equal(6000, group.Count()));
        Preprocessing fitted = Preprocessing.Fit(source.Train);
        Assert.Equal(0.2860, fitted.Mean[0], 4); // the values everyone quotes for this set
        Assert.Equal(0.3530, fitted.Std[0], 4);
    }
}
