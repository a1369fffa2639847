namespace Fovea.Cli.Tests;

/// <summary>One run, trained once for the tests that need one.</summary>
public sealed class TrainedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Trains it.</summary>
    public TrainedRun()
    {
        Training = Cli.Run(
            "train",
            "small_cnn(width=0.125)",
            "--data",
            "shapes",
            "--train-items",
            "64",
            "--test-items",
            "40",
            "--epochs",
            "1",
            "--batch",
            "16",
            "--out",
            Folder,
            "--json",
            "--preflight",
            "off"
        );
        Assert.True(Training.Code == 0, Training.Error);
    }

    internal Said Training { get; }

    /// <summary>The run folder.</summary>
    public string Folder => _folder.File("run");

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
