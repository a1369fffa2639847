namespace Fovea.Data.Tests;

/// <summary>The binary files of CIFAR, made by hand by the layout on their page: https://www.cs.toronto.edu/~kriz/cifar.html.</summary>
public sealed class CifarFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Folder, name);

    /// <summary>Records whose pixel i of record r is (r * 5 + i) modulo 251, behind label bytes.</summary>
    private void Write(string name, params byte[][] labels) =>
        File.WriteAllBytes(
            At(name),
            [
                .. labels.SelectMany(
                    (l, r) => l.Concat(Enumerable.Range(0, 3072).Select(i => (byte)(((r * 5) + i) % 251)))
                ),
            ]
        );

    private void WriteTen(int batches = 5)
    {
        for (int i = 1; i <= batches; i++)
        {
            Write($"data_batch_{i}.bin", [(byte)i], [9]);
        }

        Write("test_batch.bin", [3], [0], [8]);
    }

    [Fact]
    public void Open_CifarTen_GivesRedGreenBlueAndTheNames()
    {
        WriteTen();
        DataSource source = Datasets.Open(_folder.Folder);

        Assert.Equal(("cifar", 10, 3), (source.Format, source.Train.Count, source.Test.Count));
        Assert.Equal([3, 32, 32], source.Train.ItemShape);
        Assert.Equal(["airplane", "truck"], [source.Train.Classes[0], source.Train.Classes[9]]);
        Assert.Equal([1, 9, 2, 9, 3, 9, 4, 9, 5, 9], Enumerable.Range(0, 10).Select(source.Train.Label));
        float[] item = new float[3072];
        source.Train.Read(3, item); // the second of the second file
        Assert.Equal(Enumerable.Range(0, 3072).Select(i => (5 + i) % 251 / 255f), item);
        Assert.Empty(source.Notices);
    }

    [Fact]
    public void Open_FileOfTheFolder_OpensTheFolder()
    {
        WriteTen();
        Assert.Equal(10, Datasets.Open(At("test_batch.bin")).Train.Count);
    }

    [Fact]
    public void Open_FewerBatches_IsSaid()
    {
        WriteTen(batches: 2);
        Assert.Equal(
            ["2 of the 5 files to learn from are there: data_batch_1.bin, data_batch_2.bin."],
            Datasets.Open(_folder.Folder).Notices
        );
    }

    [Fact]
    public void Open_CifarHundred_TakesTheFineClass()
    {
        Write("train.bin", [19, 99], [1, 4]);
        Write("test.bin", [2, 7]);
        Assert.Equal("99", Datasets.Open(_folder.Folder).Train.Classes[99]);

        File.WriteAllLines(At("fine_label_names.txt"), Enumerable.Range(0, 100).Select(i => $"class {i}"));
        DataSource source = Datasets.Open(_folder.Folder);
        Assert.Equal([99, 4, 7], [source.Train.Label(0), source.Train.Label(1), source.Test.Label(0)]);
        Assert.Equal("class 99", source.Train.Classes[99]);
    }

    [Fact]
    public void Open_SizeThatIsNoNumberOfRecords_SaysWhatIsWrong()
    {
        WriteTen();
        byte[] whole = File.ReadAllBytes(At("data_batch_3.bin"));
        File.WriteAllBytes(At("data_batch_3.bin"), whole[..^100]);
        Refused.With(
            () => Datasets.Open(_folder.Folder),
            "data_batch_3.bin: a file of CIFAR-10 has records of 3073 bytes, this one has 6046 bytes.",
            "1 records and 2973 bytes: it was cut short"
        );
        File.WriteAllBytes(At("data_batch_3.bin"), new byte[3074 * 2]);
        Refused.With(() => Datasets.Open(_folder.Folder), "It has whole records of CIFAR-100");
        File.WriteAllBytes(At("data_batch_3.bin"), []);
        Refused.With(() => Datasets.Open(_folder.Folder), "It is empty.");
    }

    [Fact]
    public void Open_ClassBeyondTheLast_SaysWhere()
    {
        WriteTen();
        Write("data_batch_2.bin", [1], [10]);
        Refused.With(
            () => Datasets.Open(_folder.Folder),
            "data_batch_2.bin, byte 3073: classes are 0 to 9, got 10 in record 1"
        );
    }

    [Fact]
    public void Open_NoTestFile_IsNamed()
    {
        Write("data_batch_1.bin", [1]);
        Refused.With(
            () => Datasets.Open(_folder.Folder),
            "CIFAR-10 needs the files",
            "the one to be judged on is not there"
        );
    }
}
