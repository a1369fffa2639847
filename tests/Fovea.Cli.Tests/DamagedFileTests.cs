namespace Fovea.Cli.Tests;

/// <summary>Using a run with a file that is missing or damaged: status 2 and one message that names it.</summary>
public sealed class DamagedFileTests(TrainedRun run) : IClassFixture<TrainedRun>, IDisposable
{
    // One pixel, as any drawing program writes it.
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Predict_WholePng_IsLabelled()
    {
        File.WriteAllBytes(_folder.File("photo.png"), Png);

        Said said = Cli.Run("predict", run.Folder, _folder.File("photo.png"));

        Assert.True(said.Code == 0, said.Error);
    }

    [Fact]
    public void Predict_MissingFile_IsNamed() =>
        AssertRefused("photo.png", "predict", run.Folder, _folder.File("photo.png"));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(45)]
    [InlineData(60)]
    public void Predict_TruncatedPng_IsNamed(int bytes)
    {
        File.WriteAllBytes(_folder.File("photo.png"), Png[..bytes]);

        AssertRefused("photo.png", "predict", run.Folder, _folder.File("photo.png"));
    }

    [Fact]
    public void Predict_FileThatIsNoPng_IsNamed()
    {
        File.WriteAllText(_folder.File("notes.png"), "These are notes, not an image, whatever the name says.");

        AssertRefused("notes.png", "predict", run.Folder, _folder.File("notes.png"));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void DamagedCheckpointWithoutAPreviousOne_IsNamed(double place)
    {
        Directory.CreateDirectory(_folder.File("checkpoints"));
        File.Copy(Path.Combine(run.Folder, "run.json"), _folder.File("run.json"));
        byte[] bytes = File.ReadAllBytes(Path.Combine(run.Folder, "checkpoints", "best"));
        bytes[(int)(place * bytes.Length)] ^= 0x10;
        File.WriteAllBytes(_folder.File("checkpoints/best"), bytes);

        AssertRefused("best", "evaluate", _folder.Path);
        AssertRefused("best", "predict", _folder.Path, "--index", "0");
        AssertRefused("best", "evaluate", _folder.File("checkpoints/best"), "--data", "shapes");
    }

    [Fact]
    public void Evaluate_DamagedRunJson_IsNamedWhereTheDataIsNot()
    {
        Directory.CreateDirectory(_folder.File("checkpoints"));
        File.Copy(Path.Combine(run.Folder, "checkpoints", "best"), _folder.File("checkpoints/best"));
        File.WriteAllText(_folder.File("run.json"), "{ \"request\": ");

        AssertRefused("run.json: expected one JSON object", "evaluate", _folder.Path);
        Assert.Equal(0, Cli.Run("evaluate", _folder.Path, "--data", "shapes", "--test-items", "20").Code);
    }

    [Fact]
    public void Evaluate_CheckpointAwayFromItsRun_AsksForTheData()
    {
        File.Copy(Path.Combine(run.Folder, "checkpoints", "best"), _folder.File("weights"));

        AssertRefused(
            "which data this network was trained on is not known here; name a data set with --data",
            "evaluate",
            _folder.File("weights")
        );
    }

    private static void AssertRefused(string text, params string[] arguments)
    {
        Said said = Cli.Run(arguments);

        Assert.Equal(2, said.Code);
        Assert.Contains(text, said.Error, StringComparison.Ordinal);
        Assert.InRange(said.ErrorLines.Length, 1, 2);
        Assert.Equal("", said.Out);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of the program", said.Error, StringComparison.Ordinal);
    }
}
