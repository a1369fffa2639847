using System.Globalization;

namespace Fovea.Workbench.Tests;

/// <summary>Event files of whole runs, read by the second reader.</summary>
[Collection("threads")]
public sealed class TensorBoardLogTests : IDisposable
{
    // 36 items less 9 held out are 27: batches of 8, 8, 8, 3; 20 points an epoch make one a batch.
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 3,
        Batch = 8,
        LearningRate = 0.02,
        Validation = 0.25,
        Seed = 4,
        Preflight = false,
        Log = "tensorboard",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_Logged_CurvesAreThoseOfTheMetricsFile()
    {
        string run = Fit("run", Few);
        IReadOnlyList<Metrics> lines = MetricsLog.Read(Path.Combine(run, "metrics.jsonl"));

        Assert.Equal(lines.Select(l => (l.Step, (float)l.Loss)), Curve(run, "train", "loss").Where(IsEpochEnd));
        Assert.Equal(
            lines.Select(l => (l.Step, (float)l.LearningRate)),
            Curve(run, "train", "learning_rate").Where(IsEpochEnd)
        );
        Assert.Equal(
            lines.Select(l => (l.Step, (float)l.Accuracy!)),
            Curve(run, "train", "accuracy").Where(IsEpochEnd)
        );
        Assert.Equal(lines.Select(l => (l.Step, (float)l.ValidationLoss!)), Curve(run, "validation", "loss"));
        Assert.Equal(lines.Select(l => (l.Step, (float)l.ValidationAccuracy!)), Curve(run, "validation", "accuracy"));
        Assert.Equal(Enumerable.Range(1, 12).Select(s => (long)s), Curve(run, "train", "loss").Select(p => p.Step));
        Assert.All(Curve(run, "train", "items_per_second"), p => Assert.True(p.Value > 0, $"{p}"));

        static bool IsEpochEnd((long Step, float) point) => point.Step % 4 == 0;
    }

    [Fact]
    public void Fit_Logged_HasHistogramsFiltersAndTheGraph()
    {
        string run = Fit("run", Few);
        SeenEvent[] seen = [.. EventReader.ReadRun(Path.Combine(run, "train"))];
        Module model = TinyNet.Create();

        foreach ((string path, Parameter parameter) in model.NamedParameters())
        {
            foreach (string tag in new[] { $"weights/{path}", $"gradients/{path}" })
            {
                SeenEvent[] histograms = [.. seen.Where(e => e.Value?.Tag == tag)];
                Assert.Equal([4L, 8, 12], histograms.Select(e => e.Step));
                Assert.All(
                    histograms,
                    e => Assert.Equal(parameter.Count, e.Value!.Numbers.Where((_, i) => i % 3 == 2).Sum())
                );
            }
        }

        Assert.Equal([4L, 8, 12], seen.Where(e => e.Value?.Plugin == "images").Select(e => e.Step));
        Assert.Single(seen, e => e.Graph is not null);
        Assert.Equal("brain.Event:2", seen[0].Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public void ResumeFit_Logged_CurvesAreThoseOfTheWholeRun(int stop)
    {
        string whole = Fit("whole", Few),
            stopped = _folder.File("stopped");
        TrainingOptions options = Few with { Out = stopped };
        using (StopAfter stopper = new(stop))
        {
            Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options, null, stopper, stopper.Token);
        }

        // What was written after the checkpoint that a killed run goes on from.
        using (EventFile lost = new(Path.Combine(stopped, "train")))
        {
            lost.Scalar("loss", stop + 1, 99);
            lost.Scalar("loss", stop + 2, 99);
        }

        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), options);

        SeenEvent start = Assert.Single(EventReader.ReadRun(Path.Combine(stopped, "train")), e => e.IsStart);
        Assert.Equal(stop + 1, start.Step);
        foreach (
            (string part, string tag) in new[]
            {
                ("train", "loss"),
                ("train", "accuracy"),
                ("train", "gradient_norm"),
                ("train", "update_ratio/head.weight"),
                ("train", "dead_share/relu"),
                ("validation", "loss"),
            }
        )
        {
            Assert.Equal(Curve(whole, part, tag), Curve(stopped, part, tag));
        }
    }

    [Fact]
    public void Fit_Logged_HasWhatWasMeasured()
    {
        string run = Fit("run", Few with { Epochs = 40 });
        Measurements measured = Measurements.Read(run)!;
        MeasuredStep[] samples = [.. measured.Samples];
        int head = measured.Run.Parameters.ToList().FindIndex(p => p.Name == "head.weight"),
            relu = measured.Run.Points.ToList().FindIndex(p => p.Name == "relu");
        AssertCurve("gradient_norm", s => Math.Sqrt(s.Gradients!.Sum(g => g * g)));
        AssertCurve("update_ratio/head.weight", s => s.Updates![head] / s.Weights![head]);
        AssertCurve("zero_share/relu", s => s.Zeros![relu]);
        AssertCurve("silent_share/relu", s => s.Silent![relu] / 4.0);
        Assert.Equal(
            measured.ProbesOf("gain").Select(p => (p.Step, (float)p["rho"])),
            Curve(run, "train", "probe/gain/rho").Select(p => (p.Step, Six(p.Value)))
        );
        Assert.NotEmpty(measured.ProbesOf("gain"));
        Assert.Equal(
            measured.Epochs.Where(e => e.DeadUnits.Count > 0).Select(e => (e.Step, e.DeadUnits[relu] / 4f)),
            Curve(run, "train", "dead_share/relu")
        );

        void AssertCurve(string tag, Func<MeasuredStep, double> value)
        {
            (long Step, float Value)[] curve = [.. Curve(run, "train", tag)];
            Assert.Equal(samples.Select(s => s.Step + 1), curve.Select(p => p.Step));
            Assert.All(
                samples.Zip(curve),
                p =>
                    Assert.True(
                        Math.Abs(value(p.First) - p.Second.Value) <= 1e-5 * Math.Abs(value(p.First)),
                        $"{tag} at {p.Second.Step}: {p.Second.Value}, measured {value(p.First)}"
                    )
            );
        }

        static float Six(float value) =>
            float.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Fit_LoggedOrNot_EndsWithTheSameBytes()
    {
        string with = Fit("with", Few),
            without = Fit("without", Few with { Log = "none" });

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(without, "checkpoints", "last")),
            File.ReadAllBytes(Path.Combine(with, "checkpoints", "last"))
        );
        Assert.False(Directory.Exists(Path.Combine(without, "train")));
    }

    [Fact]
    public void Fit_LogThatCannotBe_IsRefusedBeforeAnythingIsWritten()
    {
        Assert.Equal(
            "Training: log must be none or tensorboard, got 'wandb'.",
            Assert.Throws<ArgumentException>(() => Fit("run", Few with { Log = "wandb" })).Message
        );
        Assert.Equal(
            "Training: log tensorboard writes into the run folder, and there is none. Set Out.",
            Assert.Throws<ArgumentException>(() => Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Few)).Message
        );
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public void Log_BesideAnotherObserverAndWithMetrics_WritesBothKinds()
    {
        TargetKind kind = TargetKind.Of("multi-label");
        string folder = _folder.File("logs");
        using StopAfter other = new(long.MaxValue);
        using (TensorBoardLog log = new(folder))
        {
            Trainer.Fit(
                kind.Create(5),
                kind.Data(),
                Few with
                {
                    Log = "none",
                },
                kind.Loss,
                kind.Metrics,
                TrainingObserver.Of(other, log)
            );
        }

        Assert.Equal(
            other.Epochs.Select(m => (m.Step, (float)m.ValidationMetrics!["F1 micro"])),
            EventReader
                .ReadRun(Path.Combine(folder, "validation"))
                .Where(e => e.Value?.Tag == "F1 micro")
                .Select(e => (e.Step, (float)e.Value!.Number!))
        );
        Assert.DoesNotContain(
            EventReader.ReadRun(Path.Combine(folder, "train")),
            e => e.Value?.Tag == "accuracy" || e.Graph is not null
        );
    }

    private static (long Step, float Value)[] Curve(string run, string part, string tag) =>
        [
            .. EventReader
                .ReadRun(Path.Combine(run, part))
                .Where(e => e.Value?.Tag == tag)
                .Select(e => (e.Step, (float)e.Value!.Number!)),
        ];

    private string Fit(string name, TrainingOptions options)
    {
        string run = _folder.File(name);
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options with { Out = run });
        return run;
    }
}
