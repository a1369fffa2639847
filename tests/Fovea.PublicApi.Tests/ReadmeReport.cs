using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>The programs of docs/report.md and docs/data-lint.md.</summary>
public sealed class ReadmeReport
{
    [Fact]
    public void Report_OfARunInAProgram_IsWritten()
    {
        string before = Directory.GetCurrentDirectory(),
            folder = Directory.CreateTempSubdirectory("fovea-report-").FullName;
        Directory.SetCurrentDirectory(folder);
        try
        {
            TrainingResult result = Trainer.Run(
                new TrainingRequest
                {
                    Model = "input 1x32x32; conv 2 3 stride=4; globalavgpool flatten=true; linear classes",
                    Data = "shapes",
                    TrainCount = 32,
                    TestCount = 16,
                    Epochs = 1,
                    Out = "runs/first",
                    Preflight = false,
                }
            );
            Measurements? measurements = Measurements.Read("runs/first");
            IReadOnlyList<Answer> answers = result.Answers;
            File.Delete("runs/first/report.html");

            RunReportData data = RunReport.Read("runs/first") with { Measured = measurements, Answers = answers };
            RunReport.Write("runs/first", data);

            Assert.True(File.Exists("runs/first/report.html"));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void DataLint_OfASource_CountsClasses()
    {
        DataSource source = Datasets.Open("shapes", new DataOptions { TrainCount = 50, TestCount = 20 });

        DataReport report = DataLint.Of(source); // or of parts: DataLint.Of(train, heldOut, test, preprocessing)

        Assert.Equal(50, report.TrainPerClass.Sum());
    }
}
