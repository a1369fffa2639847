using System.Text.Json;
using Fovea.Data;
using Fovea.Kernels;

namespace Fovea.Workbench.Tests;

[Collection("threads")]
public sealed class ResumeTests : IDisposable
{
    private const int Epochs = 3;

    // 36 items less 9 held out are 27: batches of 8, 8, 8, 3 make 4 updates an epoch.
    private const int UpdatesPerEpoch = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = WorkerPool.Threads;

    public static TheoryData<string, string, string, double, int> Runs =>
        new()
        {
            { "sgd,momentum=0.9", "cosine,warmup=3", "none", 0, 1 },
            { "sgd,momentum=0.9", "onecycle", "crop=1,flip", 0.9, 2 },
            { "adam", "plateau", "none", 0, 2 },
            { "adam", "constant", "crop=1,mixup=0.3", 0.5, 1 },
        };

    public void Dispose()
    {
        WorkerPool.Threads = _threads;
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void ResumeFit_StoppedAnywhere_EndsWithTheSameBytes(
        string optimizer,
        string schedule,
        string augment,
        double average,
        int threads
    )
    {
        WorkerPool.Threads = threads;
        TrainingOptions options = Options(optimizer, schedule, augment, average);
        byte[] expected = Uninterrupted(options);

        foreach (
            int stop in new[]
            {
                1,
                2,
                UpdatesPerEpoch,
                UpdatesPerEpoch + 1,
                (Epochs * UpdatesPerEpoch) - 1,
                Epochs * UpdatesPerEpoch,
            }
        )
        {
            string folder = _folder.File($"stopped-{stop}");
            WorkerPool.Threads = threads;
            using StopAfter stopper = new(stop);
            TrainingResult stopped = Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                options with
                {
                    Out = folder,
                },
                observer: stopper,
                cancel: stopper.Token
            );
            Assert.True(stopped.Outcome == TrainingOutcome.Interrupted, $"stop {stop}: {stopped.Outcome}");

            WorkerPool.Threads = 3 - threads; // another number of threads changes no bit
            TrainingResult resumed = Trainer.ResumeFit(
                TinyNet.Create(99),
                CornerImages.Source(),
                options with
                {
                    Out = folder,
                }
            );

            Assert.Equal(TrainingOutcome.Finished, resumed.Outcome);
            byte[] actual = File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last"));
            Assert.True(
                expected.AsSpan().SequenceEqual(actual),
                $"stopped after update {stop} of {Epochs * UpdatesPerEpoch}: {FirstDifference(_folder.File("whole"), folder)}"
            );
            AssertSameMetrics(_folder.File("whole"), folder);
        }
    }

    [Fact]
    public void ResumeFit_StoppedAtEveryUpdate_EndsWithTheSameBytes()
    {
        TrainingOptions options = Options("sgd,momentum=0.9,nesterov", "cosine", "flip", 0);
        byte[] expected = Uninterrupted(options);
        string folder = _folder.File("pieces");
        for (int update = 1; update <= Epochs * UpdatesPerEpoch; update++)
        {
            using StopAfter stopper = new(update);
            TrainingOptions here = options with { Out = folder };
            TrainingResult part =
                update == 1
                    ? Trainer.Fit(
                        TinyNet.Create(),
                        CornerImages.Source(),
                        here,
                        observer: stopper,
                        cancel: stopper.Token
                    )
                    : Trainer.ResumeFit(
                        TinyNet.Create(99),
                        CornerImages.Source(),
                        here,
                        observer: stopper,
                        cancel: stopper.Token
                    );
            Assert.Equal(TrainingOutcome.Interrupted, part.Outcome);
        }

        Trainer.ResumeFit(TinyNet.Create(99), CornerImages.Source(), options with { Out = folder });

        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last")));
        AssertSameMetrics(_folder.File("whole"), folder);
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        Assert.Equal(
            Enumerable.Range(1, Epochs * UpdatesPerEpoch),
            run.RootElement.GetProperty("resumed").EnumerateArray().Select(r => r.GetProperty("step").GetInt32())
        );
    }

    [Fact]
    public void ResumeFit_WithAccumulation_EndsWithTheSameBytes()
    {
        TrainingOptions options = Options("adam", "cosine", "none", 0) with { Batch = 4, Accumulation = 3 };
        byte[] expected = Uninterrupted(options);
        string folder = _folder.File("pieces");
        using (StopAfter stopper = new(4))
        {
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                options with
                {
                    Out = folder,
                },
                observer: stopper,
                cancel: stopper.Token
            );
        }

        Trainer.ResumeFit(TinyNet.Create(99), CornerImages.Source(), options with { Out = folder });

        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last")));
    }

    [Fact]
    public void ResumeFit_CheckpointOlderThanTheMetrics_DropsTheLinesAfterIt()
    {
        TrainingOptions options = Options("adam", "cosine", "none", 0);
        byte[] expected = Uninterrupted(options);
        string folder = _folder.File("killed");
        using (StopAfter stopper = new(UpdatesPerEpoch + 1))
        {
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                options with
                {
                    Out = folder,
                },
                observer: stopper,
                cancel: stopper.Token
            );
        }

        // As if the process had ended after an epoch's line and before its checkpoint.
        MetricsLog.Append(Path.Combine(folder, "metrics.jsonl"), new Metrics(2, 8, 9, 9, 9, 9, 9, 9));
        Trainer.ResumeFit(TinyNet.Create(99), CornerImages.Source(), options with { Out = folder });

        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last")));
        AssertSameMetrics(_folder.File("whole"), folder);
    }

    [Fact]
    public void ResumeFit_NewestCheckpointDamaged_ContinuesFromTheOneBeforeAndSaysSo()
    {
        TrainingOptions options = Options("adam", "cosine", "none", 0);
        byte[] expected = Uninterrupted(options);
        string folder = _folder.File("damaged");
        using (StopAfter stopper = new(6))
        {
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                options with
                {
                    Out = folder,
                },
                observer: stopper,
                cancel: stopper.Token
            );
        }

        string last = Path.Combine(folder, "checkpoints", "last");
        byte[] bytes = File.ReadAllBytes(last);
        File.WriteAllBytes(last, bytes[..(bytes.Length / 2)]);
        File.WriteAllText(last + ".saving-123", "half");
        using StopAfter listener = new(long.MaxValue);

        Trainer.ResumeFit(TinyNet.Create(99), CornerImages.Source(), options with { Out = folder }, observer: listener);

        Assert.Equal(expected, File.ReadAllBytes(last));
        Assert.Contains(listener.Notices, n => n.Contains("Using the one before it", StringComparison.Ordinal));
        Assert.Contains(listener.Notices, n => n.Contains("a save was interrupted there", StringComparison.Ordinal));
    }

    [Fact]
    public void ResumeFit_OtherChoices_IsRefusedListingThem()
    {
        TrainingOptions options = Options("adam", "cosine", "none", 0) with { Out = _folder.File("run") };
        using StopAfter stopper = new(1);
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options, observer: stopper, cancel: stopper.Token);

        string message = Assert
            .Throws<ArgumentException>(() =>
                Trainer.ResumeFit(
                    TinyNet.Create(),
                    CornerImages.Source(train: 39),
                    options with
                    {
                        Optimizer = "sgd",
                        Batch = 4,
                        CheckpointSeconds = 1,
                    }
                )
            )
            .Message;

        Assert.Contains("training items: the run has 36, now 39", message, StringComparison.Ordinal);
        Assert.Contains("optimizer: the run has adam, asked for sgd", message, StringComparison.Ordinal);
        Assert.Contains("batch: the run has 8, asked for 4", message, StringComparison.Ordinal);
        Assert.DoesNotContain("checkpointSeconds", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResumeFit_OtherContentOfTheSameSize_IsRefused()
    {
        TrainingOptions options = Options("adam", "cosine", "none", 0) with { Out = _folder.File("run") };
        using StopAfter stopper = new(1);
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options, observer: stopper, cancel: stopper.Token);
        DataSource other = CornerImages.Source() with { Train = new CornerImages(36, 77) };

        Assert.Contains(
            "data content: the run has",
            Assert.Throws<ArgumentException>(() => Trainer.ResumeFit(TinyNet.Create(), other, options)).Message,
            StringComparison.Ordinal
        );
    }

    private static TrainingOptions Options(string optimizer, string schedule, string augment, double average) =>
        new()
        {
            Epochs = Epochs,
            Batch = 8,
            LearningRate = 0.01,
            Optimizer = optimizer,
            Schedule = schedule,
            Augment = augment,
            AverageDecay = average,
            Validation = 0.25,
            Seed = 3,
            CheckpointSteps = 3,
            Preflight = false,
        };

    private static void AssertSameMetrics(string expected, string actual) =>
        Assert.Equal(
            MetricsLog
                .Read(Path.Combine(expected, "metrics.jsonl"))
                .Select(m => m with { Seconds = 0, DataWait = null }),
            MetricsLog.Read(Path.Combine(actual, "metrics.jsonl")).Select(m => m with { Seconds = 0, DataWait = null })
        );

    private static string FirstDifference(string expected, string actual)
    {
        Checkpoint a = CheckpointStore.Read(Path.Combine(expected, "checkpoints", "last")),
            b = CheckpointStore.Read(Path.Combine(actual, "checkpoints", "last"));
        string? tensor = a.Tensors.Keys.FirstOrDefault(k =>
            !b.Tensors.ContainsKey(k)
            || !a.Tensors[k].ToArray<double>().AsSpan().SequenceEqual(b.Tensors[k].ToArray<double>())
        );
        return tensor is null ? $"{a.Metadata.ToJsonString()} against {b.Metadata.ToJsonString()}" : $"tensor {tensor}";
    }

    private byte[] Uninterrupted(TrainingOptions options)
    {
        string folder = _folder.File("whole");
        TrainingResult result = Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options with { Out = folder });
        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        return File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last"));
    }
}
