using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class DiagnoseTests
{
    private const string Net = "input 1x32x32; conv 4 3 stride=2; bn; relu; maxpool 4; flatten; linear classes";

    [Fact]
    public void Diagnose_ARun_AnswersFromWhatItRecorded()
    {
        using TemporaryFolder folder = new();
        string run = Train(folder, "full");
        Said said = Cli.Run("diagnose", run, "--json");
        Assert.True(said.Code == 0, said.Error);
        using JsonDocument json = JsonDocument.Parse(said.Out);
        JsonElement[] answers = [.. json.RootElement.GetProperty("answers").EnumerateArray()];
        Assert.Contains(answers, a => a.GetProperty("id").GetString() == "3.5");
        foreach (
            string name in new[]
            {
                "question",
                "verdict",
                "finding",
                "layers",
                "onsetStep",
                "onsetWithin",
                "predicted",
                "measured",
                "threshold",
                "source",
                "remedy",
                "experiment",
            }
        )
        {
            Assert.True(answers.All(a => a.TryGetProperty(name, out _)), $"an answer without {name}");
        }

        string stored = File.ReadAllText(Path.Combine(run, "answers.json"));
        Assert.Equal(answers.Length, JsonDocument.Parse(stored).RootElement.GetProperty("answers").GetArrayLength());
        Assert.Contains("<html", File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Diagnose_ARunThatWasNotWatched_SaysSoAndWhatToDo()
    {
        using TemporaryFolder folder = new();
        Said said = Cli.Run("diagnose", Train(folder, "off"));
        Assert.Equal(2, said.Code);
        Assert.Contains("--watch off", said.Error, StringComparison.Ordinal);
        Assert.Single(said.ErrorLines);
    }

    [Fact]
    public void Diagnose_Replay_SaysTheUpdateExactly()
    {
        using TemporaryFolder folder = new();
        string run = Path.Combine(folder.Path, "run");
        Said trained = Cli.Run([
            "train",
            "input 1x32x32; conv 8 3 stride=2; relu; conv 8 3; relu; maxpool 4; flatten; linear classes",
            .. "--data shapes --train-items 1600 --test-items 40 --epochs 4 --batch 16 --lr 0.3 --preflight off".Split(
                ' '
            ),
            "--optimizer",
            "sgd,momentum=0.9",
            "--schedule",
            "constant,warmup=200",
            "--out",
            run,
        ]);
        Assert.True(trained.Code == 0, trained.Error);
        Said recorded = Cli.Run("diagnose", run),
            replayed = Cli.Run("diagnose", run, "--replay");
        Assert.Matches(@"(?m)^fix +3\.5[\s\S]*?since: update \d+ \(known to \d+ updates\)", recorded.Out);
        Assert.True(replayed.Code == 0, replayed.Error);
        Assert.Matches(@"(?m)^fix +3\.5[\s\S]*?since: update \d+ exactly", replayed.Out);
        Assert.Contains("Replaying updates ", replayed.Error, StringComparison.Ordinal);

        Said nowhere = Cli.Run("diagnose", run, "--replay", "--data", folder.File("nowhere"));
        Assert.Equal(2, nowhere.Code);
        Assert.Single(nowhere.ErrorLines);
        Assert.Contains("a replay needs the run's data (--data D", nowhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Diagnose_ReplayOfAModel_IsRefused()
    {
        Said said = Cli.Run("diagnose", Net, "--data", "shapes", "--replay");
        Assert.Equal(2, said.Code);
        Assert.Contains("--replay is for a RUN folder", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Diagnose_AModelAtAHopelessRate_NamesItAndKeepsNothing()
    {
        string before = Directory.GetCurrentDirectory();
        using TemporaryFolder folder = new();
        Directory.SetCurrentDirectory(folder.Path);
        try
        {
            Said said = Cli.Run(
                "diagnose",
                Net,
                "--data",
                "shapes",
                "--train-items",
                "400",
                "--test-items",
                "50",
                "--optimizer",
                "sgd,momentum=0.9",
                "--lr",
                "1e6",
                "--steps",
                "60",
                "--preflight",
                "off"
            );
            Assert.True(said.Code == 0, said.Error);
            Assert.Matches("(?m)^fix +3\\.", said.Out);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public void Train_StopOnFix_StopsWithStatusOneAndTheRunCanBeDiagnosed()
    {
        using TemporaryFolder folder = new();
        string run = Path.Combine(folder.Path, "run");
        Said said = Cli.Run(
            "train",
            Net,
            "--data",
            "shapes",
            "--train-items",
            "2000",
            "--test-items",
            "50",
            "--epochs",
            "20",
            "--batch",
            "16",
            "--optimizer",
            "sgd,momentum=0.9",
            "--lr",
            "300",
            "--schedule",
            "constant",
            "--preflight",
            "off",
            "--stop-on",
            "fix",
            "--out",
            run
        );
        Assert.True(said.Code == 1, $"status {said.Code}: {said.Error}");
        Assert.Equal(0, Cli.Run("diagnose", run).Code);
    }

    [Fact]
    public void Diagnose_WithoutASubject_AsksForOne()
    {
        Said said = Cli.Run("diagnose", "--data", "shapes");
        Assert.Equal(2, said.Code);
        Assert.Contains("RUN folder, or a MODEL", said.Error, StringComparison.Ordinal);
    }

    private static string Train(TemporaryFolder folder, string watch)
    {
        string run = Path.Combine(folder.Path, watch);
        Said said = Cli.Run(
            "train",
            Net,
            "--data",
            "shapes",
            "--train-items",
            "200",
            "--test-items",
            "40",
            "--epochs",
            "2",
            "--preflight",
            "off",
            "--watch",
            watch,
            "--out",
            run
        );
        Assert.True(said.Code == 0, said.Error);
        return run;
    }
}
