namespace Fovea.Cli.Tests;

/// <summary>Event files for TensorBoard, from the command line.</summary>
public sealed class EventLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_LogThenResumeWithoutIt_GoesOnInNewFiles()
    {
        string run = _folder.File("run");
        Said first = Train("--out", run, "--log", "tensorboard", "--epochs", "1");

        Assert.True(first.Code == 0, first.Error);
        Assert.Contains($"  tensorboard --logdir {run}", first.Out, StringComparison.Ordinal);
        Assert.Single(Files("train"));
        Assert.Single(Files("validation"));
        byte[] before = File.ReadAllBytes(Files("train")[0]);

        Said longer = Cli.Run("train", "--resume", run, "--epochs", "2", "--preflight", "off");

        Assert.True(longer.Code == 0, longer.Error);
        Assert.Equal(2, Files("train").Length);
        Assert.Equal(before, File.ReadAllBytes(Files("train")[0])); // what a reader has read never changes

        Said silent = Cli.Run("train", "--resume", run, "--epochs", "3", "--preflight", "off", "--log", "none");

        Assert.True(silent.Code == 0, silent.Error);
        Assert.Equal(2, Files("train").Length);

        string[] Files(string part) =>
            [.. Directory.GetFiles(Path.Combine(run, part), "events.out.tfevents.*").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Train_UnknownLog_IsRefusedWithTheChoices()
    {
        Said said = Train("--out", _folder.File("run"), "--log", "wandb");

        Assert.Equal(2, said.Code);
        Assert.Contains("'wandb'", said.Error, StringComparison.Ordinal);
        Assert.Contains("tensorboard", said.Error, StringComparison.Ordinal);
        Assert.InRange(said.ErrorLines.Length, 1, 2);
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    private static Said Train(params string[] more) =>
        Cli.Run([
            "train",
            "small_cnn(width=0.125)",
            "--data",
            "shapes",
            "--train-items",
            "64",
            "--test-items",
            "10",
            "--batch",
            "16",
            "--validation",
            "0.25",
            "--preflight",
            "off",
            .. more,
        ]);
}
