using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>What <c>fovea train --json</c> says behind its first fields: the rate that was found, the waiting for data, and
/// where numbers stopped being finite.</summary>
public sealed class TrainRecordTests
{
    private static readonly string[] Contract =
    [
        "outcome",
        "message",
        "folder",
        "epochs",
        "bestEpoch",
        "last",
        "answers",
        "test",
    ];

    [Fact]
    public void Train_LrAuto_SaysTheRateOnceAndKeepsTheCurve()
    {
        using TemporaryFolder folder = new();
        Said said = Train(folder, "--lr", "auto");

        Assert.True(said.Code == 0, said.Error);
        using JsonDocument result = JsonDocument.Parse(said.Out);
        RequireContract(result);
        double rate = result.RootElement.GetProperty("rateSearch").GetProperty("rate").GetDouble();
        Assert.Single(said.Error.Split('\n'), line => line.Contains("(--lr auto), found by", StringComparison.Ordinal));
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.File("run"), "run.json")));
        JsonElement search = run.RootElement.GetProperty("rateSearch");
        Assert.Equal(rate, search.GetProperty("rate").GetDouble());
        Assert.Equal("resumed", run.RootElement.EnumerateObject().SkipLast(1).Last().Name); // it stands behind all others
        Assert.Equal(rate, run.RootElement.GetProperty("options").GetProperty("learningRate").GetDouble());
        Assert.Equal("onecycle", run.RootElement.GetProperty("options").GetProperty("schedule").GetString());
        using JsonDocument curve = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(folder.File("run"), search.GetProperty("file").GetString()!))
        );
        Assert.InRange(curve.RootElement.GetProperty("curve").GetArrayLength(), 21, 141);
    }

    [Fact]
    public void Train_Diverging_SaysWhereInTheRecord()
    {
        using TemporaryFolder folder = new();
        Said said = Train(folder, "--lr", "1e30", "--optimizer", "sgd");

        Assert.Equal(1, said.Code);
        using JsonDocument result = JsonDocument.Parse(said.Out);
        RequireContract(result);
        Assert.Equal("diverged", result.RootElement.GetProperty("outcome").GetString());
        JsonElement found = result.RootElement.GetProperty("nonFinite");
        Assert.Equal(2, found.GetProperty("step").GetInt32()); // the first update makes weights of 1e28
        Assert.Equal("forward", found.GetProperty("part").GetString());
        Assert.Equal("Conv2d", found.GetProperty("place").GetString()!.Split(' ')[0]);
        using JsonDocument end = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.File("run"), "result.json")));
        Assert.Equal(
            found.GetProperty("place").GetString(),
            end.RootElement.GetProperty("nonFinite").GetProperty("place").GetString()
        );
    }

    [Fact]
    public void Train_Resume_RefusesASearchForARunWithAGivenRate()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(0, Train(folder, "--lr", "0.01", "--workers", "2").Code);

        Said said = Cli.Run("train", "--resume", folder.File("run"), "--lr", "auto");

        Assert.Equal(2, said.Code);
        Assert.Contains("--lr auto is for a new run", said.Error, StringComparison.Ordinal);
    }

    private static Said Train(TemporaryFolder folder, params string[] options) =>
        Cli.Run([
            "train",
            "small_cnn(width=0.25)",
            "--data",
            "shapes",
            "--train-items",
            "320",
            "--test-items",
            "40",
            "--epochs",
            "2",
            "--batch",
            "32",
            "--watch",
            "off",
            "--preflight",
            "off",
            "--json",
            "--out",
            folder.File("run"),
            .. options,
        ]);

    private static void RequireContract(JsonDocument result)
    {
        string[] names = [.. result.RootElement.EnumerateObject().Select(p => p.Name)];
        Assert.Equal(Contract, names.Take(Contract.Length));
        Assert.Equal(["nonFinite", "dataWait", "rateSearch"], names.Skip(Contract.Length));
        Assert.InRange(result.RootElement.GetProperty("dataWait").GetDouble(), 0, 1);
    }
}
