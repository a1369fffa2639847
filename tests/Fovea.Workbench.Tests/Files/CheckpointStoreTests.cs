using System.Text.Json.Nodes;

namespace Fovea.Workbench.Tests;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_ThenLoad_GivesTheSameTensorsAndMetadata()
    {
        CheckpointStore store = new(_folder.Path);
        Checkpoint saved = Sample(3);

        store.Save("last", saved);
        Checkpoint loaded = store.Load("last");

        AssertSame(saved, loaded);
        Assert.Equal([.. saved.Tensors.Keys.Order(StringComparer.Ordinal)], loaded.Tensors.Keys);
    }

    [Fact]
    public void Save_SameContentInAnyOrder_GivesTheSameBytes()
    {
        CheckpointStore store = new(_folder.Path);
        Checkpoint sample = Sample(3);
        store.Save("a", sample);
        store.Save("b", new Checkpoint(sample.Metadata, sample.Tensors.Reverse().ToDictionary()));

        Assert.Equal(File.ReadAllBytes(store.PathOf("a")), File.ReadAllBytes(store.PathOf("b")));
    }

    [Fact]
    public void Save_AlignsEveryTensorTo64Bytes()
    {
        CheckpointStore store = new(_folder.Path);
        store.Save(
            "last",
            new Checkpoint(
                [],
                new Dictionary<string, Tensor> { ["a"] = Tensor.Ones([3]), ["b"] = Tensor.Full([2], 7, DType.Float64) }
            )
        );
        byte[] bytes = File.ReadAllBytes(store.PathOf("last"));

        int ones = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F]);
        Assert.True(ones > 0 && ones % 64 == 0, $"the first tensor is at byte {ones}");
        Assert.Equal(7.0, BitConverter.ToDouble(bytes, ones + 64));
    }

    [Fact]
    public void Load_EveryPrefixOfTheFile_IsRefusedNamingTheFile()
    {
        (string path, byte[] bytes) = SavedSample();
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            CheckpointException e = Assert.Throws<CheckpointException>(() => CheckpointStore.Read(path));
            Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_AnyByteFlipped_IsRefused()
    {
        (string path, byte[] bytes) = SavedSample();
        Rng rng = new(1);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= (byte)(1 << rng.Next(8));
            Exception? e = Record.Exception(() =>
            {
                using MemoryStream stream = new(changed);
                using CheckpointReader reader = new(stream, path);
                reader.Read();
            });
            Assert.True(e is CheckpointException, $"byte {i} of {bytes.Length}: {e?.ToString() ?? "loaded"}");
        }
    }

    [Theory]
    [InlineData(0, "byte 0: expected the mark FOVEACKP")]
    [InlineData(8, "format version: expected 1, found 254")]
    [InlineData(12, "header length: expected")]
    [InlineData(16, "file length: expected")]
    [InlineData(24, "header, checksum: expected")]
    [InlineData(-1, "whole file, SHA-256: expected")]
    public void Load_DamagedPlace_NamesItWithWhatWasFound(int place, string text)
    {
        (string path, byte[] bytes) = SavedSample();
        bytes[place < 0 ? bytes.Length + place : place] ^= 0xFF;
        if (place == 12)
        {
            bytes[15] = 0x7F;
        }

        File.WriteAllBytes(path, bytes);

        Assert.Contains(
            text,
            Assert.Throws<CheckpointException>(() => CheckpointStore.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Load_DamagedTensor_NamesTheTensor()
    {
        (string path, byte[] bytes) = SavedSample();
        bytes[^33] ^= 1; // the last tensor's last byte
        File.WriteAllBytes(path, bytes);

        Assert.Contains(
            "tensor 'model/weight', checksum: expected",
            Assert.Throws<CheckpointException>(() => CheckpointStore.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Read_NoFile_SaysSo() =>
        Assert.Contains(
            "nowhere: the checkpoint cannot be read",
            Assert.Throws<CheckpointException>(() => CheckpointStore.Read(_folder.File("nowhere"))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Load_NewestDamaged_FallsBackAndSaysSo()
    {
        CheckpointStore store = new(_folder.Path);
        store.Save("last", Sample(1));
        store.Save("last", Sample(2));
        Damage(store.PathOf("last"));
        List<string> notices = [];

        AssertSame(Sample(1), store.Load("last", notices.Add));

        Assert.Contains("Using the one before it", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_AfterFallingBack_KeepsTheGoodGeneration()
    {
        CheckpointStore store = new(_folder.Path);
        store.Save("last", Sample(1));
        store.Save("last", Sample(2));
        Damage(store.PathOf("last"));
        store.Load("last");

        store.Save("last", Sample(3));
        Damage(store.PathOf("last"));

        AssertSame(Sample(1), store.Load("last"));
    }

    [Fact]
    public void Load_BothDamaged_NamesBoth()
    {
        CheckpointStore store = new(_folder.Path);
        store.Save("last", Sample(1));
        store.Save("last", Sample(2));
        Damage(store.PathOf("last"));
        Damage(store.PathOf("last.previous"));

        string message = Assert.Throws<CheckpointException>(() => store.Load("last")).Message;

        Assert.Contains("The one before it is no help", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_StaleTemporary_IsRemovedWithANotice()
    {
        CheckpointStore store = new(_folder.Path);
        store.Save("last", Sample(1));
        File.WriteAllText(_folder.File("last.saving-99999"), "half");
        List<string> notices = [];

        store.Clean(notices.Add);

        Assert.Contains("last.saving-99999: removed", Assert.Single(notices), StringComparison.Ordinal);
        Assert.Equal([store.PathOf("last")], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Save_EveryFileOperationFailing_LeavesAGoodCheckpointAndSaysWhy(bool forever)
    {
        CheckpointStore good = new(_folder.Path);
        good.Save("last", Sample(1));
        good.Save("last", Sample(2));
        int failAt = 1;
        while (true)
        {
            FaultingFileSystem faulty = new(failAt, forever);
            Exception? e = Record.Exception(() => new CheckpointStore(_folder.Path, faulty).Save("last", Sample(2)));
            if (e is null)
            {
                break;
            }

            Assert.Contains(
                "the checkpoint could not be saved: No space left on device; the checkpoint before it is intact",
                Assert.IsType<CheckpointException>(e).Message,
                StringComparison.Ordinal
            );
            AssertSame(Sample(2), new CheckpointStore(_folder.Path).Load("last"));
            failAt++;
        }

        Assert.True(failAt > 12, $"only {failAt - 1} operations were made to fail");
    }

    internal static Checkpoint Sample(int seed)
    {
        Rng rng = new((ulong)seed);
        return new Checkpoint(
            new JsonObject
            {
                ["epoch"] = seed,
                ["name"] = "x",
                ["counter"] = ulong.MaxValue,
            },
            new Dictionary<string, Tensor>
            {
                ["model/weight"] = Tensor.Normal([2, 3, 3, 3], rng: rng),
                ["model/empty"] = Tensor.Zeros([0, 4]),
                ["count"] = Tensor.Scalar(seed, DType.Int64),
                ["double"] = Tensor.Normal([5], rng: rng, dtype: DType.Float64),
            }
        );
    }

    internal static void AssertSame(Checkpoint expected, Checkpoint actual)
    {
        Assert.Equal(expected.Metadata.ToJsonString(), actual.Metadata.ToJsonString());
        Assert.Equal(
            expected.Tensors.Keys.Order(StringComparer.Ordinal),
            actual.Tensors.Keys.Order(StringComparer.Ordinal)
        );
        foreach ((string name, Tensor tensor) in expected.Tensors)
        {
            Assert.Equal(tensor.Shape, actual.Tensors[name].Shape);
            Assert.Equal(tensor.DType, actual.Tensors[name].DType);
            Assert.Equal(tensor.ToArray<double>(), actual.Tensors[name].ToArray<double>());
        }
    }

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    private (string Path, byte[] Bytes) SavedSample()
    {
        CheckpointStore store = new(_folder.Path);
        store.Save("last", Sample(1));
        return (store.PathOf("last"), File.ReadAllBytes(store.PathOf("last")));
    }
}
