using System.IO.Compression;

namespace Fovea.Cli.Tests;

/// <summary>Training on a bad file: status 2, one message that names file and place, and no run folder.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TruncatedGzip_IsNamed()
    {
        WriteIdx(size: 28, label: i => (byte)(i % 2), gzip: true);
        string path = _folder.File("train-images-idx3-ubyte.gz");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);

        AssertRefused("train-images-idx3-ubyte.gz");
    }

    [Fact]
    public void WrongMagic_IsNamed()
    {
        WriteIdx(size: 28, label: i => (byte)(i % 2), gzip: false);
        string path = _folder.File("train-labels-idx1-ubyte");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[2] = 0x0D;
        File.WriteAllBytes(path, bytes);

        AssertRefused("train-labels-idx1-ubyte");
    }

    [Fact]
    public void LabelOutOfRange_IsNamed()
    {
        WriteIdx(size: 28, label: i => (byte)(i % 2), gzip: false);
        string path = _folder.File("t10k-labels-idx1-ubyte");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] = 10;
        File.WriteAllBytes(path, bytes);

        AssertRefused("t10k-labels-idx1-ubyte");
    }

    [Fact]
    public void ImagesTooSmallForTheNetwork_NameTheLayer()
    {
        WriteIdx(size: 2, label: i => (byte)(i % 2), gzip: false);

        AssertRefused("MaxPool2d");
    }

    [Fact]
    public void NaNInASeries_NamesLineAndColumn()
    {
        foreach (string part in new[] { "TRAIN", "TEST" })
        {
            File.WriteAllText(_folder.File($"Toy_{part}.tsv"), "1\t0.5\t0.25\t0.125\n2\t0.5\tNaN\t0.125\n");
        }

        AssertRefused("line 2");
    }

    [Fact]
    public void EmptyFolder_SaysWhatIsExpected() => AssertRefused("no data set recognised");

    [Fact]
    public void MissingAndUnequalSeries_AreRefusedUntilAsked()
    {
        string[] lines =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(i => $"{i % 2}\t{i}.5\t{(i == 3 ? "NaN" : "2")}\t3\t4{(i == 5 ? "" : "\t1")}"),
        ];
        File.WriteAllLines(_folder.File("Tiny_TRAIN.tsv"), lines);
        File.WriteAllLines(_folder.File("Tiny_TEST.tsv"), ["0\t1\t2\t3\t4\t5", "1\t3\t3\t1\t1\t2"]);

        AssertRefused("--missing interpolate");
        Said unequal = Cli.Run("data", "info", _folder.Path, "--missing", "interpolate");
        Assert.Equal(2, unequal.Code);
        Assert.Contains("--unequal pad", unequal.Error, StringComparison.Ordinal);
        Said trained = Cli.Run(
            "train",
            "fcn",
            "--data",
            _folder.Path,
            "--missing",
            "interpolate",
            "--unequal",
            "pad",
            "--dry-run"
        );
        Assert.True(trained.Code == 0, trained.Error);
        Said unknown = Cli.Run("train", "--data", _folder.Path, "--missing", "guess");
        Assert.Equal(2, unknown.Code);
    }

    private void AssertRefused(string text)
    {
        using TemporaryFolder runs = new();

        Said said = Cli.Run("train", "--data", _folder.Path, "--epochs", "1", "--out", runs.File("run"));

        Assert.Equal(2, said.Code);
        Assert.Contains(text, said.Error, StringComparison.Ordinal);
        Assert.InRange(said.ErrorLines.Length, 1, 2);
        Assert.Equal("", said.Out);
        Assert.False(Directory.Exists(runs.File("run")), "a run folder was made");
    }

    private void WriteIdx(int size, Func<int, byte> label, bool gzip)
    {
        foreach (string part in new[] { "train", "t10k" })
        {
            byte[] images =
            [
                0,
                0,
                8,
                3,
                0,
                0,
                0,
                20,
                0,
                0,
                0,
                (byte)size,
                0,
                0,
                0,
                (byte)size,
                .. Enumerable.Range(0, 20 * size * size).Select(i => (byte)(i * 7)),
            ];
            byte[] labels = [0, 0, 8, 1, 0, 0, 0, 20, .. Enumerable.Range(0, 20).Select(label)];
            Write($"{part}-images-idx3-ubyte", images, gzip);
            Write($"{part}-labels-idx1-ubyte", labels, gzip);
        }
    }

    private void Write(string name, byte[] bytes, bool gzip)
    {
        if (!gzip)
        {
            File.WriteAllBytes(_folder.File(name), bytes);
            return;
        }

        using FileStream file = File.Create(_folder.File(name + ".gz"));
        using GZipStream zip = new(file, CompressionLevel.Fastest);
        zip.Write(bytes);
    }
}
