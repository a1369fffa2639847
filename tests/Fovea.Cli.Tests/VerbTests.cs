using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Cli.Tests;

public sealed class VerbTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void Train_Json_IsTheOnlyThingOnStandardOutput()
    {
        using JsonDocument json = JsonDocument.Parse(run.Training.Out);

        Assert.Equal("finished", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(run.Folder, json.RootElement.GetProperty("folder").GetString());
        Assert.Equal(40, json.RootElement.GetProperty("test").GetProperty("n").GetInt32());
        Assert.Contains("Training small_cnn(width=0.125)", run.Training.Error, StringComparison.Ordinal);
        Assert.Contains("epoch 1/1", run.Training.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_Json_HasTheShapeOfTheContract()
    {
        Said said = Cli.Run("evaluate", run.Folder, "--data", "shapes", "--test-items", "40", "--json");

        Assert.Equal(0, said.Code);
        using JsonDocument json = JsonDocument.Parse(said.Out);
        JsonElement root = json.RootElement;
        Assert.Equal(["n", "accuracy", "loss", "perClass"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["value", "low", "high"], root.GetProperty("accuracy").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["name", "n", "accuracy"], root.GetProperty("perClass")[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(40, root.GetProperty("n").GetInt32());
        Assert.Equal(10, root.GetProperty("perClass").GetArrayLength());
        Assert.Equal(40, root.GetProperty("perClass").EnumerateArray().Sum(c => c.GetProperty("n").GetInt32()));
    }

    [Fact]
    public void Evaluate_AfterTraining_GivesTheAccuracyTrainingReported()
    {
        using JsonDocument trained = JsonDocument.Parse(run.Training.Out);
        using JsonDocument evaluated = JsonDocument.Parse(
            Cli.Run("evaluate", run.Folder, "--test-items", "40", "--json").Out
        );

        Assert.Equal(
            trained.RootElement.GetProperty("test").GetRawText(),
            JsonSerializer.Serialize(evaluated.RootElement, Indented).Replace("\n", "\n  ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Evaluate_Checkpoint_WorksLikeItsRun() =>
        Assert.Equal(
            Cli.Run("evaluate", run.Folder, "--test-items", "40", "--json").Out,
            Cli.Run(
                "evaluate",
                Path.Combine(run.Folder, "checkpoints", "best"),
                "--test-items",
                "40",
                "--json",
                "--threads",
                "1"
            ).Out
        );

    [Fact]
    public void Evaluate_Table_EndsWithTheAccuracyAndItsInterval()
    {
        Said said = Cli.Run("evaluate", run.Folder, "--test-items", "40");

        Assert.Equal(0, said.Code);
        Assert.Contains("95 % interval", said.Out, StringComparison.Ordinal);
        Assert.Contains("on 40 items, loss", said.Out, StringComparison.Ordinal);
        Assert.Equal("", said.Error);
    }

    [Fact]
    public void Evaluate_DataOfAnotherKind_IsRefused()
    {
        Said said = Cli.Run("evaluate", run.Folder, "--data", "cbf");

        Assert.Equal(2, said.Code);
        Assert.Contains("the network was trained on items [1, 32, 32]", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Items_GivesProbabilitiesThatSumToOne()
    {
        Said said = Cli.Run("predict", run.Folder, "--data", "shapes", "--index", "0,3-4", "--top", "10", "--json");

        Assert.Equal(0, said.Code);
        using JsonDocument json = JsonDocument.Parse(said.Out);
        Assert.Equal(
            ["shapes test 0", "shapes test 3", "shapes test 4"],
            json.RootElement.EnumerateArray().Select(p => p.GetProperty("input").GetString())
        );
        foreach (JsonElement prediction in json.RootElement.EnumerateArray())
        {
            Assert.Equal(
                1.0,
                prediction.GetProperty("top").EnumerateArray().Sum(t => t.GetProperty("probability").GetDouble()),
                9
            );
            Assert.NotNull(prediction.GetProperty("actual").GetString());
        }
    }

    [DataFact("images")]
    public void Predict_PngFile_IsLabelled()
    {
        string file = Directory
            .EnumerateFiles(TestData.Find("images")!, "*.png", SearchOption.AllDirectories)
            .Where(f => !f.Contains("hostile", StringComparison.Ordinal) && !Path.GetFileName(f).StartsWith('x'))
            .Order(StringComparer.Ordinal)
            .First();

        Said said = Cli.Run("predict", run.Folder, file);

        Assert.True(said.Code == 0, said.Error);
        Assert.Contains("%", said.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9999999")]
    [InlineData("3-1")]
    [InlineData("a")]
    public void Predict_ItemThatDoesNotExist_IsRefused(string items)
    {
        Said said = Cli.Run("predict", run.Folder, "--data", "shapes", "--index", items);

        Assert.Equal(2, said.Code);
        Assert.Contains("--index: expected numbers 0 to", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_IntoAnExistingRun_IsRefusedWithBothWaysOut()
    {
        Said said = Cli.Run("train", "--out", run.Folder, "--train-items", "64");

        Assert.Equal(2, said.Code);
        Assert.Contains(
            $"Continue that run with --resume {run.Folder}, or choose another --out.",
            said.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Train_ResumeWithOtherOptions_ListsTheDifferences()
    {
        Said said = Cli.Run(
            "train",
            "small_cnn(width=0.25)",
            "--resume",
            run.Folder,
            "--lr",
            "7",
            "--optimizer",
            "adam"
        );

        Assert.Equal(2, said.Code);
        Assert.Contains(
            "model: the run has small_cnn(width=0.125), asked for small_cnn(width=0.25); learningRate: the run has",
            said.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("asked for 7; optimizer: the run has", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumeOfAFinishedRun_MeasuresItAgain()
    {
        Said said = Cli.Run("train", "--resume", run.Folder, "--json");

        Assert.True(said.Code == 0, said.Error);
        using JsonDocument first = JsonDocument.Parse(run.Training.Out),
            again = JsonDocument.Parse(said.Out);
        Assert.Equal(
            first.RootElement.GetProperty("test").GetRawText(),
            again.RootElement.GetProperty("test").GetRawText()
        );
    }

    [Fact]
    public void Train_DryRun_PrintsShapesAndWritesNothing()
    {
        using TemporaryFolder folder = new();

        Said said = Cli.Run(
            "train",
            "small_cnn(width=0.125)",
            "--dry-run",
            "--train-items",
            "64",
            "--out",
            folder.File("run")
        );

        Assert.Equal(0, said.Code);
        Assert.Contains("Batch     [64, 1, 32, 32] -> scores [64, 10]", said.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Data_List_NamesTheBuiltInSets()
    {
        using JsonDocument json = JsonDocument.Parse(Cli.Run("data", "list", "--json").Out);

        Assert.Contains("shapes", json.RootElement.EnumerateArray().Select(d => d.GetProperty("name").GetString()));
        Assert.Contains("cbf", Cli.Run("data", "list").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_Info_CountsEveryClass()
    {
        using JsonDocument json = JsonDocument.Parse(Cli.Run("data", "info", "cbf", "--json").Out);
        JsonElement train = json.RootElement.GetProperty("train");

        Assert.Equal(
            train.GetProperty("count").GetInt32(),
            train.GetProperty("classCounts").EnumerateArray().Sum(c => c.GetInt32())
        );
        Assert.Contains("items [1, 128], 3 classes", Cli.Run("data", "info", "cbf").Out, StringComparison.Ordinal);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
