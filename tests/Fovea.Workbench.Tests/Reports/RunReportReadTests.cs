namespace Fovea.Workbench.Tests.Reports;

/// <summary>Pages of real runs, written again from their folders.</summary>
public sealed class RunReportReadTests
{
    [Fact]
    public void Read_OfAFinishedRun_WritesTheSamePageAgain()
    {
        using TemporaryFolder folder = new();
        TrainingResult result = Train(folder.File("run"));
        RunReportData data = RunReport.Read(result.Folder!) with { Result = result, Mistakes = ReportRuns.Mistakes(3) };
        string first = File.ReadAllText(RunReport.Write(result.Folder!, data)),
            again = File.ReadAllText(RunReport.Write(result.Folder!, RunReport.Read(result.Folder!)));
        Assert.Equal(first, again);
        Assert.Contains("1 epoch", first, StringComparison.Ordinal);
        Assert.Contains("fovea train small_cnn --data shapes --train-items 64", first, StringComparison.Ordinal);
        Assert.Equal(3, first.Split("<img ").Length - 1);
    }

    [Fact]
    public void Read_OfARun_HasItsNetworkAndTestToTheBit()
    {
        using TemporaryFolder folder = new();
        TrainingResult result = Train(folder.File("run"));
        RunReport.Write(result.Folder!, new RunReportData { Result = result });
        RunReportData read = RunReport.Read(result.Folder!);
        Assert.Equal(result.Test!.Confusion, read.Result!.Test!.Confusion);
        Assert.Equal(result.Test.Loss, read.Result.Test.Loss);
        Assert.Equal(result.Test.Accuracy, read.Result.Test.Accuracy);
        Assert.Equal(result.Test.PerClass, read.Result.Test.PerClass);
        Assert.Equal(result.Last, Assert.Single(read.Epochs));
        Assert.NotNull(read.Network);
    }

    [Fact]
    public void Read_OfAModuleOfAProgram_SaysWhyThereIsNoNetwork()
    {
        using TemporaryFolder folder = new();
        TrainingOptions options = new()
        {
            Epochs = 1,
            Batch = 12,
            Out = folder.File("run"),
            Preflight = false,
        };
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options);
        RunReportData read = RunReport.Read(folder.File("run"));
        Assert.Equal(TrainingOutcome.Finished, read.Result!.Outcome); // the run itself left its page
        Assert.Null(read.Network);
        Assert.Contains(
            "Did not run, because the network is a module of a program of its own.",
            RunReport.Html(read),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Read_ADamagedResult_NamesTheFile()
    {
        using TemporaryFolder folder = new();
        TrainingResult result = Train(folder.File("run"));
        File.WriteAllText(Path.Combine(result.Folder!, "result.json"), "{\"outcome\": \"x");
        Assert.Contains(
            "result.json: expected the end of a run",
            Assert.Throws<InvalidDataException>(() => RunReport.Read(result.Folder!)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_EveryChoice_IsWhatATerminalTakes()
    {
        TrainingRequest request = new()
        {
            Model = "conv 16 3; relu",
            Data = "it's here",
            Epochs = 3,
            LearningRate = 0.05,
            Optimizer = "sgd,momentum=0.9",
            Seed = 7,
            Out = "runs/first",
        };
        Assert.Equal(
            OperatingSystem.IsWindows()
                ? "fovea train \"conv 16 3; relu\" --data \"it's here\" --epochs 3 --lr 0.05 --optimizer sgd,momentum=0.9 --seed 7"
                : @"fovea train 'conv 16 3; relu' --data 'it'\''s here' --epochs 3 --lr 0.05 --optimizer sgd,momentum=0.9 --seed 7",
            TrainingCommand.Of(request)
        );
    }

    private static TrainingResult Train(string folder) =>
        Trainer.Run(
            new TrainingRequest
            {
                Model = "small_cnn",
                Data = "shapes",
                TrainCount = 64,
                TestCount = 32,
                Epochs = 1,
                Batch = 32,
                Preflight = false,
                Out = folder,
            }
        );
}
