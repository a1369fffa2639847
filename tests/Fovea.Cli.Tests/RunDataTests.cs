using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>A run knows what it was trained on: a run of series, in a folder with a space in its name.</summary>
public sealed class RunDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Run => _folder.File("my run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RunOfAnotherSetThanTheDefault_IsContinuedMeasuredAndLabelledWithItsOwnData()
    {
        Said trained = Cli.Run(
            "train",
            "fcn",
            "--data",
            "cbf",
            "--train-items",
            "30",
            "--test-items",
            "20",
            "--epochs",
            "1",
            "--out",
            Run,
            "--preflight",
            "off"
        );
        Assert.True(trained.Code == 0, trained.Error);
        AssertNext(trained);

        AssertNext(Cli.Run("train", "--out", Run, "--resume"));

        using JsonDocument measured = JsonDocument.Parse(Cli.Run("evaluate", Run, "--json").Out);
        Assert.Equal(20, measured.RootElement.GetProperty("n").GetInt32());
        Assert.Equal(3, measured.RootElement.GetProperty("perClass").GetArrayLength());
        using JsonDocument labelled = JsonDocument.Parse(Cli.Run("predict", Run, "--index", "0,19", "--json").Out);
        Assert.Equal(
            ["cbf test 0", "cbf test 19"],
            labelled.RootElement.EnumerateArray().Select(p => p.GetProperty("input").GetString())
        );
        Assert.Contains(
            "expected numbers 0 to 19",
            Cli.Run("predict", Run, "--index", "20").Error,
            StringComparison.Ordinal
        );
    }

    private void AssertNext(Said said)
    {
        char quote = OperatingSystem.IsWindows() ? '"' : '\'';
        Assert.Contains(
            $"  fovea evaluate {quote}{Run}{quote} --data cbf --test-items 20\n",
            said.Out.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"  fovea predict {quote}{Run}{quote} --data cbf --index 0,1,2\n",
            said.Out.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
    }
}
