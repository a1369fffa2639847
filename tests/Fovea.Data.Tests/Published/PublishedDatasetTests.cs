using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Fovea.Testing;

namespace Fovea.Data.Tests;

/// <summary>Fetching from a server on the loopback address.</summary>
public sealed class PublishedDatasetTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FileServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    private static byte[] Bytes(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)((i * 31) + (i >> 8) + seed))];

#pragma warning disable CA5351 // the checksum of the sets
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private PublishedDataset Set(params string[] names) =>
        new("test-set", "", _server.Address, [.. names.Select(n => new PublishedFile(n, Md5(_server.Files[n])))]);

    private Task<string> Get(PublishedDataset set) =>
        set.GetAsync(_folder.Folder, null, null, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Get_FilesOfASet_AreThereWithTheirBytes()
    {
        _server.Files["a.gz"] = Bytes(200_000, 1);
        _server.Files["b.gz"] = Bytes(300_000, 2);

        string folder = await Get(Set("a.gz", "b.gz"));

        Assert.Equal(Path.Combine(_folder.Folder, "test-set"), folder);
        Assert.Equal(_server.Files["a.gz"], File.ReadAllBytes(Path.Combine(folder, "a.gz")));
        Assert.Equal(_server.Files["b.gz"], File.ReadAllBytes(Path.Combine(folder, "b.gz")));
        Assert.Equal([folder], Directory.GetFileSystemEntries(_folder.Folder));
        int asked = _server.Asked.Count;
        Assert.Equal(folder, await Get(Set("a.gz", "b.gz")));
        Assert.Equal(asked, _server.Asked.Count);
    }

    [Fact]
    public async Task Get_ConnectionThatBreaks_GoesOnWhereItDid()
    {
        _server.Files["a.gz"] = Bytes(2_000_000, 1);
        _server.Breaks.Enqueue(700_000);
        _server.Breaks.Enqueue(600_000);

        string folder = await Get(Set("a.gz"));

        Assert.Equal(_server.Files["a.gz"], File.ReadAllBytes(Path.Combine(folder, "a.gz")));
        Assert.Equal(3, _server.Asked.Count);
        Assert.Equal(0, _server.Asked[0]);
        Assert.True(_server.Asked[1] > 0 && _server.Asked[2] > _server.Asked[1], string.Join(" ", _server.Asked));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_PartOfAnEarlierTry_IsTakenUp(bool hasRanges)
    {
        _server.HasRanges = hasRanges;
        _server.Files["a.gz"] = Bytes(500_000, 1);
        string unfinished = Directory.CreateDirectory(Path.Combine(_folder.Folder, ".test-set.unfinished")).FullName;
        File.WriteAllBytes(Path.Combine(unfinished, "a.gz.part"), _server.Files["a.gz"][..123_456]);

        string folder = await Get(Set("a.gz"));

        Assert.Equal(_server.Files["a.gz"], File.ReadAllBytes(Path.Combine(folder, "a.gz")));
        Assert.Equal([123_456L], _server.Asked);
    }

    [Fact]
    public async Task Get_PartThatIsWhole_IsComparedAndKept()
    {
        _server.Files["a.gz"] = Bytes(1000, 1);
        string unfinished = Directory.CreateDirectory(Path.Combine(_folder.Folder, ".test-set.unfinished")).FullName;
        File.WriteAllBytes(Path.Combine(unfinished, "a.gz.part"), _server.Files["a.gz"]);
        Assert.True(File.Exists(Path.Combine(await Get(Set("a.gz")), "a.gz")));
    }

    [Fact]
    public async Task Get_OtherChecksum_IsRefusedAndNothingKept()
    {
        _server.Files["a.gz"] = Bytes(1000, 1);
        PublishedDataset set = Set("a.gz");
        string wanted = Md5(_server.Files["a.gz"]);
        _server.Files["a.gz"] = Bytes(1000, 2);

        DataFormatException e = await Assert.ThrowsAsync<DataFormatException>(() => Get(set));

        Assert.Contains(
            $"must be {wanted}, the 1000 bytes that came have {Md5(Bytes(1000, 2))}",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(Path.Combine(_folder.Folder, "test-set")));
        Assert.Empty(Directory.GetFiles(_folder.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Get_FileThatTheServerHasNot_SaysTheAnswer()
    {
        PublishedDataset set = new("test-set", "", _server.Address, [new("gone.gz", "0")]);
        DataFormatException e = await Assert.ThrowsAsync<DataFormatException>(() => Get(set));
        Assert.Contains(
            "/sets/gone.gz: test-set: the server answers 404 Not Found",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--mirror", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NobodyAnswers_SaysWhatToDoOffline()
    {
        PublishedDataset set = new("test-set", "", new Uri("http://127.0.0.1:9/"), [new("a.gz", "0")]);
        DataFormatException e = await Assert.ThrowsAsync<DataFormatException>(() => Get(set));
        Assert.StartsWith("http://127.0.0.1:9/a.gz: test-set cannot be fetched: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("Without a network, bring a.gz from elsewhere into ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Mirror_IsAskedForTheSameNames()
    {
        _server.Files["a.gz"] = Bytes(1000, 1);
        PublishedDataset set = new(
            "test-set",
            "",
            new Uri("http://127.0.0.1:9/"),
            [new("a.gz", Md5(_server.Files["a.gz"]))]
        );
        Uri mirror = new(_server.Address.AbsoluteUri.TrimEnd('/'));
        string folder = await set.GetAsync(_folder.Folder, mirror, null, TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(folder, "a.gz")));
    }

    [Fact]
    public async Task Get_Archive_IsUnpackedFlatAndLeadsNowhere()
    {
        using MemoryStream bytes = new();
        using (GZipStream packed = new(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (TarWriter writer = new(packed, TarEntryFormat.Ustar))
        {
            Add(writer, "cifar/data_batch_1.bin", 5);
            Add(writer, "../../escaped.bin", 6);
            Add(writer, "/absolute.bin", 7);
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "link.bin") { LinkName = "/etc/passwd" });
        }

        _server.Files["a.tar.gz"] = bytes.ToArray();
        string folder = await Get(Set("a.tar.gz"));

        Assert.Equal(
            ["absolute.bin", "data_batch_1.bin", "escaped.bin"],
            Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal([folder], Directory.GetFileSystemEntries(_folder.Folder));

        static void Add(TarWriter writer, string name, byte value) =>
            writer.WriteEntry(
                new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([value]) }
            );
    }

    [Fact]
    public async Task Get_ArchiveThatIsDamaged_IsRefused()
    {
        _server.Files["a.tar.gz"] = Bytes(1000, 1);
        DataFormatException e = await Assert.ThrowsAsync<DataFormatException>(() => Get(Set("a.tar.gz")));
        Assert.Contains("the archive is damaged", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Folder, "test-set")));
    }

    [DataFact("fashion-mnist")]
    public async Task Get_FashionMnist_HasThePublishedChecksumsAndOpens()
    {
        foreach (string file in Directory.GetFiles(TestData.Find("fashion-mnist")!, "*.gz"))
        {
            _server.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        }

        string folder = await PublishedDataset
            .Find("fashion-mnist")!
            .GetAsync(_folder.Folder, _server.Address, null, TestContext.Current.CancellationToken);

        DataSource source = Datasets.Open(folder);
        Assert.Equal((60000, 10000, "Ankle boot"), (source.Train.Count, source.Test.Count, source.Train.Classes[9]));
    }

    [Fact]
    public void All_KnownSets_HaveAddressesAndChecksums()
    {
        Assert.Equal(["fashion-mnist", "mnist", "cifar10", "cifar100"], PublishedDataset.All.Select(d => d.Name));
        Assert.All(PublishedDataset.All.SelectMany(d => d.Files), f => Assert.Matches("^[0-9a-f]{32}$", f.Md5));
    }
}
