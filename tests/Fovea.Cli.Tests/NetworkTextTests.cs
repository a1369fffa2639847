using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>Networks written as text, trained.</summary>
public sealed class NetworkTextTests : IDisposable
{
    private const string Net =
        "conv 4 3 stride=2 padding=1; bn; relu; conv 8 3 stride=2 padding=1; relu; globalavgpool flatten=true; linear classes";

    private static readonly string[] Small =
    [
        "--data",
        "shapes",
        "--train-items",
        "64",
        "--test-items",
        "40",
        "--batch",
        "16",
        "--preflight",
        "off",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_InlineText_LearnsAndIsEvaluatedFromItsRun()
    {
        Said trained = Cli.Run([
            "train",
            "input 1x32x32; " + Net,
            .. Small,
            "--epochs",
            "2",
            "--json",
            "--out",
            _folder.File("run"),
        ]);

        Assert.True(trained.Code == 0, trained.Error);
        using JsonDocument json = JsonDocument.Parse(trained.Out);
        Said evaluated = Cli.Run("evaluate", _folder.File("run"), "--test-items", "40", "--json");
        Assert.True(evaluated.Code == 0, evaluated.Error);
        using JsonDocument again = JsonDocument.Parse(evaluated.Out);
        Assert.Equal(
            json.RootElement.GetProperty("test").GetProperty("loss").GetRawText(),
            again.RootElement.GetProperty("loss").GetRawText()
        );
        double[] losses = [.. File.ReadLines(Path.Combine(_folder.File("run"), "metrics.jsonl")).Select(TrainLoss)];
        Assert.True(losses.Length == 2 && losses[1] < losses[0], $"training losses {string.Join(", ", losses)}");
    }

    [Fact]
    public void Train_File_KeepsTheTextInTheRun()
    {
        string file = _folder.File("net.txt"),
            run = _folder.File("run");
        File.WriteAllText(file, "# a small one\r\n" + Net.Replace("; ", "\r\n", StringComparison.Ordinal));
        Said trained = Cli.Run(["train", file, .. Small, "--epochs", "1", "--out", run]);
        Assert.True(trained.Code == 0, trained.Error);

        File.WriteAllText(file, "flatten; linear classes");
        Said changed = Cli.Run("train", file, "--resume", run);
        File.Delete(file);
        Said evaluated = Cli.Run("evaluate", run, "--test-items", "40");

        Assert.Contains(
            "a run continues with what it was started with, but: model",
            changed.Error,
            StringComparison.Ordinal
        );
        Assert.True(evaluated.Code == 0, evaluated.Error);
        Assert.Contains("network text of 8 lines", trained.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WrongText_SaysTheLineAndWritesNothing()
    {
        Said said = Cli.Run(["train", "conv 4 3\nreul\nlinear classes", .. Small, "--out", _folder.File("run")]);

        Assert.Equal(2, said.Code);
        Assert.Contains(
            "line 2, column 1: found 'reul', expected a layer. Did you mean 'relu'?",
            said.Error,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_folder.File("run")), "a run folder was left behind");
    }

    private static double TrainLoss(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("loss").GetDouble();
    }
}
