namespace Fovea.Workbench.Tests;

public sealed class MachineSpeedFileTests : IDisposable
{
    private static readonly MachineSpeed Quiet = new(2, 200, 400, 200, 150, 30);
    private static readonly MachineSpeed Loaded = new(2, 120, 410, 100, 90, 12);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Update_FirstTime_KeepsWhatWasMeasuredForTheNextProcess()
    {
        Assert.Null(File().Read());
        Assert.Equal(Quiet, File().Update(() => Quiet));
        Assert.Equal(Quiet, File().Read());
        Assert.Single(Directory.GetFiles(_folder.File("fovea")));
    }

    [Fact]
    public void Update_OnALoadedMachine_StaysAtWhatWasSeenBefore()
    {
        File().Update(() => Quiet);
        Assert.Equal(Quiet with { FirstCacheGBs = 410 }, File().Update(() => Loaded));
        Assert.Equal(Quiet with { FirstCacheGBs = 410 }, File().Read());
    }

    [Theory]
    [InlineData("Zen 4", 512, 2, "1.0", true)]
    [InlineData("Zen 3", 512, 2, "1.0", false)]
    [InlineData("Zen 4", 256, 2, "1.0", false)]
    [InlineData("Zen 4", 512, 1, "1.0", false)]
    [InlineData("Zen 4", 512, 2, "1.1", false)]
    public void Read_ForAnother_HasNothing(string processor, int bits, int threads, string version, bool found)
    {
        File().Update(() => Quiet);
        Assert.Equal(
            found,
            new MachineSpeedFile(_folder.File("fovea"), processor, bits, threads, version).Read() is not null
        );
    }

    /// <summary>Whatever a crash, a full disk or an editor leaves: each prefix of the file, and values that cannot be.</summary>
    [Fact]
    public void Read_AnyPrefixOfTheFile_IsNothingAndIsMeasuredAnew()
    {
        File().Update(() => Quiet);
        string path = File().FileName!,
            whole = System.IO.File.ReadAllText(path);
        for (int length = 0; length < whole.TrimEnd().Length; length++)
        {
            System.IO.File.WriteAllText(path, whole[..length]);
            Assert.True(File().Read() is null, $"{length} of {whole.Length} letters were read: {whole[..length]}");
        }

        Assert.Equal(Loaded, File().Update(() => Loaded));
        Assert.Equal(Loaded, File().Read());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\0\0\0\0")]
    [InlineData("""{"key":"Zen 4; 512 bits; 2 threads; 1.0","speed":null}""")]
    [InlineData("""{"key":"Zen 4; 512 bits; 2 threads; 1.0","speed":{"threads":2,"peakGflops":200}}""")]
    [InlineData(
        """{"key":"Zen 4; 512 bits; 2 threads; 1.0","speed":{"threads":2,"peakGflops":"NaN","firstCacheGBs":1,"secondCacheGBs":1,"thirdCacheGBs":1,"memoryGBs":1}}"""
    )]
    [InlineData(
        """{"key":"Zen 4; 512 bits; 2 threads; 1.0","speed":{"threads":2,"peakGflops":1,"firstCacheGBs":1,"secondCacheGBs":1,"thirdCacheGBs":1,"memoryGBs":-3}}"""
    )]
    [InlineData(
        """{"key":"Zen 4; 512 bits; 2 threads; 1.0","speed":{"threads":9,"peakGflops":1,"firstCacheGBs":1,"secondCacheGBs":1,"thirdCacheGBs":1,"memoryGBs":1}}"""
    )]
    public void Read_OtherContent_IsNothing(string content)
    {
        Directory.CreateDirectory(_folder.File("fovea"));
        System.IO.File.WriteAllText(File().FileName!, content);
        Assert.Null(File().Read());
        Assert.Equal(Quiet, File().Update(() => Quiet));
    }

    [Fact]
    public void Update_WhereTheFolderCannotBe_MeasuresEachTime()
    {
        System.IO.File.WriteAllText(_folder.File("fovea"), "a file where the folder should be");
        Assert.Equal(Quiet, File().Update(() => Quiet));
        Assert.Equal(Loaded, File().Update(() => Loaded));
        Assert.Null(File().Read());
        Assert.Null(new MachineSpeedFile(null, "Zen 4", 512, 2, "1.0").FileName);
        Assert.Equal(Quiet, new MachineSpeedFile(null, "Zen 4", 512, 2, "1.0").Update(() => Quiet));
    }

    [Fact]
    public void Update_WhereTheFileIsAFolder_LeavesNothingBehind()
    {
        Directory.CreateDirectory(File().FileName!);
        Assert.Equal(Quiet, File().Update(() => Quiet));
        Assert.Empty(Directory.GetFiles(_folder.File("fovea")));
    }

    /// <summary>XDG Base Directory Specification: a relative path is to be ignored.</summary>
    [Fact]
    public void FolderOf_CacheHome_IsTakenWhereItIsAWholePath()
    {
        string home = Path.GetFullPath(_folder.Path);
        Assert.Equal(Path.Combine(home, "fovea"), MachineSpeedFile.FolderOf(home, "/data"));
        Assert.Equal(Path.Combine("/data", "fovea"), MachineSpeedFile.FolderOf("caches", "/data"));
        Assert.Equal(Path.Combine("/data", "fovea"), MachineSpeedFile.FolderOf(null, "/data"));
        Assert.Null(MachineSpeedFile.FolderOf("", ""));
    }

    private MachineSpeedFile File() => new(_folder.File("fovea"), "Zen 4", 512, 2, "1.0");
}
