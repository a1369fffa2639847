using Fovea.Data;
using Fovea.Kernels;

namespace Fovea.Workbench.Tests;

/// <summary>Networks of two inputs, and of two outputs, trained on samples of several tensors.</summary>
[Collection("threads")]
public sealed class SampleTrainingTests : IDisposable
{
    // 36 samples less 9 held out are 27: batches of 8, 8, 8, 3.
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 3,
        Batch = 8,
        LearningRate = 0.02,
        Optimizer = "adam",
        Schedule = "cosine",
        Validation = 0.25,
        AverageDecay = 0.5,
        ClipNorm = 1,
        Seed = 4,
        Preflight = false,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = WorkerPool.Threads;

    public static TheoryData<string> Problems => ["siamese", "two heads"];

    public void Dispose()
    {
        WorkerPool.Threads = _threads;
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void Fit_SeveralTensors_LossFallsAndIsMeasured(string problem)
    {
        SampleProblem p = SampleProblem.Of(problem);
        Module model = p.Network(5);
        double before = Evaluator.Run(model, p.Data.Test, p.Loss).Loss;
        using StopAfter observer = new(long.MaxValue);

        TrainingResult result = Trainer.Fit(model, p.Data, Few with { Epochs = 25 }, p.Loss, observer: observer);

        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        Assert.True(
            observer.Epochs[^1].Loss < 0.5 * observer.Epochs[0].Loss && result.Test!.Loss < 0.5 * before,
            $"training loss {observer.Epochs[0].Loss} to {observer.Epochs[^1].Loss}, test loss {before} to {result.Test!.Loss}"
        );
        Assert.All(observer.Epochs, m => Assert.True(m is { Accuracy: null, ValidationAccuracy: null }, $"{m}"));
        Assert.Equal(
            result.BestEpoch,
            1 + observer.Epochs.FindIndex(m => m.ValidationLoss == observer.Epochs.Min(e => e.ValidationLoss))
        );
        Assert.Equal((12L, 0), (result.Test.N, result.Test.PerClass.Count));
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void ResumeFit_StoppedAnywhere_EndsWithTheSameBytes(string problem)
    {
        SampleProblem p = SampleProblem.Of(problem);
        string whole = _folder.File("whole");
        WorkerPool.Threads = 2;
        Trainer.Fit(p.Network(5), p.Data, Few with { Out = whole }, p.Loss);
        byte[] expected = File.ReadAllBytes(Path.Combine(whole, "checkpoints", "last"));
        foreach (int stop in new[] { 1, 4, 5, 11 })
        {
            string folder = _folder.File($"stopped-{stop}");
            using StopAfter stopper = new(stop);
            WorkerPool.Threads = 2;
            TrainingResult stopped = Trainer.Fit(
                p.Network(5),
                p.Data,
                Few with
                {
                    Out = folder,
                },
                p.Loss,
                observer: stopper,
                cancel: stopper.Token
            );
            Assert.True(stopped.Outcome == TrainingOutcome.Interrupted, $"stop {stop}: {stopped.Outcome}");

            WorkerPool.Threads = 1; // another number of threads changes no bit
            Trainer.ResumeFit(p.Network(99), p.Data, Few with { Out = folder }, p.Loss);

            Assert.True(
                expected.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last"))),
                $"stopped after update {stop}: the last checkpoint has other bytes"
            );
        }
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void Fit_PreflightOnOrOff_EndsWithTheSameBytes(string problem)
    {
        SampleProblem p = SampleProblem.Of(problem);
        foreach (bool preflight in new[] { false, true })
        {
            TrainingOptions options = Few with { Preflight = preflight, Out = _folder.File($"{preflight}") };
            using StopAfter observer = new(long.MaxValue);
            Trainer.Fit(p.Network(5), p.Data, options, p.Loss, observer: observer);

            Assert.Empty(observer.Notices);
        }

        Assert.Equal(
            File.ReadAllBytes(_folder.File("False/checkpoints/last")),
            File.ReadAllBytes(_folder.File("True/checkpoints/last"))
        );
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void Checkpoint_OfSeveralTensors_HoldsTheNetworkThatWasMeasured(string problem)
    {
        SampleProblem p = SampleProblem.Of(problem);
        string folder = _folder.File("run");
        Module trained = p.Network(5);
        TrainingResult result = Trainer.Fit(trained, p.Data, Few with { Out = folder }, p.Loss);
        Module loaded = p.Network(99);
        loaded.LoadStateDict(
            SessionCheckpoint.Weights(CheckpointStore.Read(Path.Combine(folder, "checkpoints", "best")))
        );

        Assert.Equal(result.Test!.Loss, Evaluator.Run(loaded, p.Data.Test, p.Loss).Loss);
        Assert.Contains(
            "\"accuracy\":null",
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl")),
            StringComparison.Ordinal
        );
        Assert.Equal(3, MetricsLog.Read(Path.Combine(folder, "metrics.jsonl")).Count);
    }

    [Fact]
    public void Fit_LossThatDoesNotFall_IsNoticedBeforeTraining()
    {
        SampleProblem p = SampleProblem.Of("siamese");
        using StopAfter observer = new(long.MaxValue);
        Trainer.Fit(
            p.Network(5),
            p.Data,
            Few with
            {
                Epochs = 1,
                Preflight = true,
            },
            (outputs, targets) => outputs[0].Mean() * 0 + 2,
            observer: observer
        );

        string notice = Assert.Single(observer.Notices);
        Assert.Contains(
            "16 items could not be learned by heart in 120 updates: the loss went from 2 to 2. A learning rate",
            notice,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_LossNotFinite_NamesTheLayer()
    {
        SampleProblem p = SampleProblem.Of("two heads");
        TrainingResult result = Trainer.Fit(
            p.Network(5),
            p.Data,
            Few,
            (outputs, targets) => (outputs[1] * float.PositiveInfinity).Mean()
        );

        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Contains(
            "every output of the network is finite; the loss itself is not",
            result.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_WhatDoesNotFit_IsRefusedBeforeAnythingIsWritten()
    {
        SampleProblem siamese = SampleProblem.Of("siamese"),
            heads = SampleProblem.Of("two heads");
        string folder = _folder.File("never");
        TrainingOptions options = Few with { Out = folder };

        Refused<ShapeException>(
            "takes left [N, 1, 8, 8], right [N, 1, 8, 8], got 1 tensors",
            () => Trainer.Fit(siamese.Network(1), heads.Data, options, siamese.Loss)
        );
        Refused<ShapeException>(
            "the loss must be one number, got [1, 3] from outputs [1, 3], [1, 2] and targets [1], [1, 2]. End it with Mean().",
            () => Trainer.Fit(heads.Network(1), heads.Data, options, (outputs, _) => outputs[0])
        );
        Refused<ArgumentException>(
            "augment and label-smoothing are for labelled items",
            () => Trainer.Fit(heads.Network(1), heads.Data, options with { Augment = "flip" }, heads.Loss)
        );
        Refused<ArgumentException>(
            "validation 0.001 of 36 samples holds out nothing",
            () => Trainer.Fit(heads.Network(1), heads.Data, options with { Validation = 0.001 }, heads.Loss)
        );
        Refused<ShapeException>(
            "labelled items need one output of class scores, the network gives 2",
            () => Trainer.Fit(heads.Network(1), CornerImages.Source(), options)
        );
        Assert.False(Directory.Exists(folder), "the run folder was made");

        static void Refused<T>(string message, Action fit)
            where T : Exception => Assert.Contains(message, Assert.Throws<T>(fit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResumeFit_OtherSamples_AreRefused()
    {
        SampleProblem p = SampleProblem.Of("siamese");
        string folder = _folder.File("run");
        TrainingOptions options = Few with { Epochs = 1, Out = folder };
        Trainer.Fit(p.Network(5), p.Data, options, p.Loss);
        SampleSource other = p.Data with { Train = new SampleProblem.Pairs(36, 77) };

        Assert.Contains(
            "data content: the run has",
            Assert.Throws<ArgumentException>(() => Trainer.ResumeFit(p.Network(5), other, options, p.Loss)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_AugmentedSamples_AreMeasuredWithoutAugmentation()
    {
        SampleProblem p = SampleProblem.Of("two heads");
        int[] calls = new int[1];
        SampleSource data = p.Data with
        {
            Augment = (sample, rng) =>
            {
                Interlocked.Increment(ref calls[0]);
                return sample with { Inputs = [sample.Inputs[0] + (0.1f * rng.NextSingle())] };
            },
        };

        // Probes take the batches that training would take next, augmented.
        Trainer.Fit(p.Network(5), data, Few with { Epochs = 2, Watch = WatchLevel.Off }, p.Loss);

        Assert.Equal(2 * 27, calls[0]);
    }
}
