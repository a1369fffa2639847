using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>Regression, several labels an item and labels of pixels, through Trainer.Fit with metrics.</summary>
[Collection("threads")]
public sealed class MetricTrainingTests : IDisposable
{
    private static readonly TrainingOptions Some = new()
    {
        Epochs = 12,
        Batch = 16,
        LearningRate = 0.01,
        Validation = 0.125,
        Seed = 4,
        Preflight = false,
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["regression", "multi-label", "pixels", "pixels by Dice"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Kinds))]
    public void Fit_TargetsThatAreNoClass_LossFallsAndTheMetricPassesItsBar(string name)
    {
        TargetKind kind = TargetKind.Of(name);
        SampleSource data = kind.Data();
        Module model = kind.Create(5);
        string first = kind.Metrics[0].Name;
        EvaluationResult before = Evaluator.Run(model, data.Test, kind.Loss, kind.Metrics);
        using StopAfter observer = new(long.MaxValue);

        TrainingResult result = Trainer.Fit(
            model,
            data,
            Some with
            {
                Out = _folder.File("run"),
            },
            kind.Loss,
            kind.Metrics,
            observer
        );

        string text =
            $"loss {observer.Epochs[0].Loss} to {observer.Epochs[^1].Loss}, test {before.Loss} to {result.Test!.Loss}; {first} {before.Metrics[first]} to {result.Test.Metrics[first]}";
        Assert.True(observer.Epochs[^1].Loss < 0.5 * observer.Epochs[0].Loss, text);
        Assert.True(result.Test.Loss < 0.5 * before.Loss, text);
        Assert.True(before.Metrics[first] < kind.Bar && result.Test.Metrics[first] > kind.Bar, text);
        Assert.Equal(kind.Metrics.Select(m => m.Name), result.Test.Metrics.Keys);
    }

    [Fact]
    public void Fit_WithMetrics_TheObserverTheFileAndTheEvaluatorAgree()
    {
        TargetKind kind = TargetKind.Of("multi-label");
        using StopAfter observer = new(long.MaxValue);
        string folder = _folder.File("run");
        Module model = kind.Create(5);
        TrainingResult result = Trainer.Fit(
            model,
            kind.Data(),
            Some with
            {
                Epochs = 3,
                Out = folder,
            },
            kind.Loss,
            kind.Metrics,
            observer
        );
        IReadOnlyList<Metrics> lines = MetricsLog.Read(Path.Combine(folder, "metrics.jsonl"));

        Assert.Equal(observer.Epochs.Select(Text), lines.Select(Text));
        Assert.All(lines, l => Assert.Equal(["F1", "BinaryAccuracy", "F1 micro"], l.ValidationMetrics!.Keys));
        Assert.Equal(
            result.Test!.Metrics,
            Evaluator.Run(model, kind.Data().Test, kind.Loss, kind.Metrics, batch: 7).Metrics
        );

        static string Text(Metrics line) =>
            string.Join(", ", line.ValidationMetrics!.Select(m => $"{m.Key} {m.Value:R}"));
    }

    [Fact]
    public void Fit_WithMetricsOrWithout_EndsWithTheSameBytes()
    {
        TargetKind kind = TargetKind.Of("regression");
        foreach (bool measured in new[] { false, true })
        {
            TrainingOptions options = Some with { Epochs = 2, Out = _folder.File($"{measured}") };
            Trainer.Fit(kind.Create(5), kind.Data(), options, kind.Loss, measured ? kind.Metrics : null);
        }

        Assert.Equal(
            File.ReadAllBytes(_folder.File("False/checkpoints/last")),
            File.ReadAllBytes(_folder.File("True/checkpoints/last"))
        );
        Assert.DoesNotContain(
            "validationMetrics",
            File.ReadAllText(_folder.File("False/metrics.jsonl")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_LossWithIgnoredLabels_AccumulatedBatchesAreThoseOfOneBatch()
    {
        TargetKind kind = TargetKind.Of("pixels");
        CrossEntropy loss = new() { IgnoredLabel = 255 };
        List<Metrics> last = [];
        foreach ((int batch, int accumulation) in new[] { (24, 1), (8, 3) })
        {
            using StopAfter observer = new(long.MaxValue);
            TrainingOptions options = Some with
            {
                Epochs = 3,
                Batch = batch,
                Accumulation = accumulation,
                Optimizer = "sgd",
                LearningRate = 0.5,
            };
            Trainer.Fit(kind.Create(5), kind.Data(), options, loss, kind.Metrics, observer);
            last.Add(observer.Epochs[^1]);
        }

        Assert.Equal(last[0].Loss, last[1].Loss, 1e-5);
        Assert.Equal(last[0].ValidationLoss!.Value, last[1].ValidationLoss!.Value, 1e-5);
    }

    [Fact]
    public void Run_LossWithIgnoredLabels_IsTheSameForEveryBatchSize()
    {
        TargetKind kind = TargetKind.Of("pixels");
        Module model = kind.Create(5);
        CrossEntropy loss = new() { IgnoredLabel = 255 };
        double whole = Evaluator.Run(model, kind.Data().Test, loss, batch: 64).Loss;

        Assert.All(
            new[] { 1, 7, 32 },
            batch => Assert.Equal(whole, Evaluator.Run(model, kind.Data().Test, loss, batch: batch).Loss, 1e-6)
        );

        // A function of the user's own has a divisor that nobody knows: its means weigh by items.
        double byItems = Evaluator.Run(model, kind.Data().Test, kind.Loss, batch: 1).Loss;
        Assert.True(Math.Abs(whole - byItems) > 1e-4, $"{whole} and {byItems}");
    }

    [Fact]
    public void Fit_MetricsThatCannotBe_AreRefusedBeforeAnythingIsWritten()
    {
        TargetKind kind = TargetKind.Of("regression");
        string folder = _folder.File("never");

        Refused<ShapeException>("PixelAccuracy: needs scores [items, classes, ...]", [new PixelAccuracy()]);
        Refused<ArgumentException>(
            "needs a name that no other has, got 'F1' twice. Set Name",
            [new F1(), new F1(LabelAverage.Micro)]
        );
        Assert.False(Directory.Exists(folder), "the run folder was made");

        void Refused<T>(string message, Metric[] metrics)
            where T : Exception =>
            Assert.Contains(
                message,
                Assert
                    .Throws<T>(() =>
                        Trainer.Fit(kind.Create(1), kind.Data(), Some with { Out = folder }, kind.Loss, metrics)
                    )
                    .Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void Read_LinesFromBeforeThereWereMetrics_AreKeptByteForByte()
    {
        string path = _folder.File("metrics.jsonl");
        const string Old =
            "{\"epoch\":1,\"step\":4,\"loss\":2.5,\"accuracy\":null,\"validationLoss\":2,\"validationAccuracy\":null,\"learningRate\":0.1,\"seconds\":3}\n";
        File.WriteAllText(path, Old);

        Assert.Null(MetricsLog.Truncate(path, 1)!.ValidationMetrics);
        Assert.Equal(Old, File.ReadAllText(path));
    }

    [Fact]
    public void Append_MetricsThatAreNoNumber_AreReadBack()
    {
        string path = _folder.File("metrics.jsonl");
        MetricsLog.Append(
            path,
            new Metrics(1, 2, 3, null, 4, null, 5, 6, new Dictionary<string, double> { ["R²"] = double.NaN })
        );

        Assert.Equal(double.NaN, Assert.Single(MetricsLog.Read(path)).ValidationMetrics!["R²"]);
    }
}
