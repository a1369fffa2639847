using Fovea.Data;

namespace Fovea.Workbench.Tests;

public sealed class RunWatchTests
{
    private static readonly TrainingOptions Usual = new()
    {
        Epochs = 6,
        Batch = 12,
        Optimizer = "adamw,decay=0.01",
        LearningRate = 0.01,
        Schedule = "constant",
        Preflight = false,
        Validation = 0.2,
        AverageDecay = 0.9,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fit_Watched_WeightsHaveTheBitsOfAnUnwatchedRun(int accumulation)
    {
        TrainingOptions options = Usual with { Accumulation = accumulation, Augment = "crop=1" };
        Dictionary<WatchLevel, float[]> weights = [];
        foreach (WatchLevel level in Enum.GetValues<WatchLevel>())
        {
            Module net = TinyNet.Create();
            Trainer.Fit(net, CornerImages.Source(), options with { Watch = level });
            weights[level] = [.. net.StateDict().Values.SelectMany(t => t.To(DType.Float32).ToArray())];
        }

        Assert.Equal(weights[WatchLevel.Off], weights[WatchLevel.Light]);
        Assert.Equal(weights[WatchLevel.Off], weights[WatchLevel.Full]);
    }

    [Fact]
    public void Fit_Watched_TracedGradientIsThatOfTraining()
    {
        Measurements measured = Measure(Usual);
        MeasuredStep[] samples = [.. measured.Samples];
        Assert.True(samples.Length >= 8, $"{samples.Length} samples");
        Assert.All(
            samples,
            s =>
            {
                Assert.Equal(s.FirstLoss, s.TracedLoss);
                Assert.Equal(1.0, s.GradientCosine!.Value, 1e-6);
                Assert.Equal(1.0, s.GradientScale!.Value, 1e-6);
            }
        );
    }

    [Fact]
    public void Fit_Watched_StepsCoverEveryUpdateOnce()
    {
        Measurements measured = Measure(Usual);
        long next = 0;
        foreach (MeasuredStep step in measured.Steps)
        {
            Assert.Equal(next + step.Steps - 1, step.Step);
            next = step.Step + 1;
        }

        Assert.Equal(measured.Run.PlannedUpdates, next);
        Assert.Equal(6, measured.Epochs.Count);
        Assert.Equal(30, measured.Epochs[0].ItemsSeen);
        Assert.Equal(0, measured.Epochs[0].ItemsRepeated);
        Assert.Equal(6, measured.Epochs[0].HeldOut!.Items);
    }

    [Fact]
    public void Fit_Watched_FirstSignalsAreThoseOfThePlainForwardPass()
    {
        Measurements measured = Measure(Usual with { Epochs = 1 });
        Module net = TinyNet.Create();
        MeasuredRun run = measured.Run;
        Assert.Equal(["input", "conv", "norm", "relu", "head"], run.Points.Select(p => p.Name));
        // Behind a batch normalization with its first values the mean square is 1 but for epsilon, half of it behind a ReLU.
        MeasuredStep first = measured.Steps[0];
        Assert.Equal(1.0, first.Power![2], 0.01);
        Assert.Equal(0.0, first.Mean![2], 1e-5);
        Assert.InRange(first.Zeros![3], 0.2, 0.8);
        Assert.Equal(PointKind.Filters, run.Points[1].Kind);
        Assert.True(run.Points[4].IsOutput);
        Assert.Equal([3], run.Points[4].From);
        double weight = Math.Sqrt(
            net.NamedParameters()
                .First(p => p.Path == run.Parameters[0].Name)
                .Parameter.ToArray()
                .Sum(w => (double)w * w)
        );
        Assert.Equal(weight, first.Weights![0], 1e-6);
        Assert.True(first.Updates!.All(u => u > 0), "every parameter moves in the first update");
    }

    [Fact]
    public void Fit_StoppedAndContinued_MeasuresTheSameUpdates()
    {
        using TemporaryFolder folder = new();
        string whole = Path.Combine(folder.Path, "whole"),
            parts = Path.Combine(folder.Path, "parts");
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Usual with { Out = whole });
        using (StopAfter stop = new(7))
        {
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                Usual with
                {
                    Out = parts,
                },
                observer: stop,
                cancel: stop.Token
            );
        }

        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), Usual with { Out = parts });
        Measurements one = Measurements.Read(whole)!,
            two = Measurements.Read(parts)!;
        Assert.Equal(one.Samples.Select(s => s.Step), two.Samples.Select(s => s.Step));
        foreach ((MeasuredStep a, MeasuredStep b) in one.Samples.Zip(two.Samples))
        {
            Assert.Equal(a.Power, b.Power);
            Assert.Equal(a.Updates, b.Updates);
        }

        Assert.Equal(one.Epochs.Select(e => e.HeldOut!.Loss), two.Epochs.Select(e => e.HeldOut!.Loss));
    }

    [Fact]
    public void Fit_Diverging_WritesTheUpdateThatFailed()
    {
        using TemporaryFolder folder = new();
        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Usual with
            {
                Optimizer = "sgd",
                LearningRate = 1e30,
                Out = Path.Combine(folder.Path, "run"),
            }
        );
        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        MeasuredStep last = Measurements.Read(Path.Combine(folder.Path, "run"))!.Steps[^1];
        Assert.True(
            !double.IsFinite(last.Loss) || !double.IsFinite(last.GradientNorm),
            $"loss {last.Loss}, norm {last.GradientNorm}"
        );
        Assert.True(last.NonFinite > 0, "values that are not finite are counted");
    }

    private static Measurements Measure(TrainingOptions options)
    {
        using TemporaryFolder folder = new();
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options with { Out = Path.Combine(folder.Path, "run") });
        return Measurements.Read(Path.Combine(folder.Path, "run"))!;
    }
}
