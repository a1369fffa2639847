using Fovea.Data;
using Fovea.Kernels;
using Fovea.Models;

namespace Fovea.Workbench.Tests;

/// <summary>Networks of two inputs, and of two outputs, trained on samples of several tensors.</summary>
[Collection("threads")]
public sealed class SampleTrainingTests : IDisposable
{
    private const string Siamese = """
        input left 1x8x8
        input right 1x8x8
        block branch() {
          conv 4 3 padding=1
          bn
          relu
          maxpool 4
          flatten
          dropout 0.1
          linear 6
        }
        a: branch from=left
        b: again a from=right
        subtract a b
        square
        sum axes=1 keep=true
        linear 1
        """;

    private const string TwoHeads = """
        input 1x8x8
        conv 4 3 padding=1
        bn
        relu
        maxpool 4
        features: flatten
        class: linear 3
        dropout 0.1 from=features
        corner: linear 2
        output class, corner
        """;

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
        Problem p = Problem.Of(problem);
        Module model = p.Network(5);
        double before = Evaluator.Run(model, p.Data.Test, p.Loss).Loss;
        using StopAfter observer = new(long.MaxValue);

        TrainingResult result = Trainer.Fit(model, p.Data, Few with { Epochs = 25 }, p.Loss, observer);

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
        Problem p = Problem.Of(problem);
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
                stopper,
                stopper.Token
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
        Problem p = Problem.Of(problem);
        foreach (bool preflight in new[] { false, true })
        {
            TrainingOptions options = Few with { Preflight = preflight, Out = _folder.File($"{preflight}") };
            using StopAfter observer = new(long.MaxValue);
            Trainer.Fit(p.Network(5), p.Data, options, p.Loss, observer);

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
        Problem p = Problem.Of(problem);
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
        Problem p = Problem.Of("siamese");
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
            observer
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
        Problem p = Problem.Of("two heads");
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
        Problem siamese = Problem.Of("siamese"),
            heads = Problem.Of("two heads");
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
        Problem p = Problem.Of("siamese");
        string folder = _folder.File("run");
        TrainingOptions options = Few with { Epochs = 1, Out = folder };
        Trainer.Fit(p.Network(5), p.Data, options, p.Loss);
        SampleSource other = p.Data with { Train = new Pairs(36, 77) };

        Assert.Contains(
            "data content: the run has",
            Assert.Throws<ArgumentException>(() => Trainer.ResumeFit(p.Network(5), other, options, p.Loss)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_AugmentedSamples_AreMeasuredWithoutAugmentation()
    {
        Problem p = Problem.Of("two heads");
        int[] calls = new int[1];
        SampleSource data = p.Data with
        {
            Augment = (sample, rng) =>
            {
                Interlocked.Increment(ref calls[0]);
                return sample with { Inputs = [sample.Inputs[0] + (0.1f * rng.NextSingle())] };
            },
        };

        Trainer.Fit(p.Network(5), data, Few with { Epochs = 2 }, p.Loss);

        Assert.Equal(2 * 27, calls[0]);
    }

    /// <summary>A network with its samples and its loss.</summary>
    private sealed record Problem(
        Func<ulong, Module> Network,
        SampleSource Data,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> Loss
    )
    {
        private static readonly CrossEntropy Entropy = new();

        public static Problem Of(string name) =>
            name == "siamese"
                ? new(
                    seed => NetworkText.ParseAll(Siamese).Initialize(seed),
                    new SampleSource("pairs", new Pairs(36, 1), new Pairs(12, 2)),
                    (outputs, targets) => (outputs[0] - targets[0]).Square().Mean()
                )
                : new(
                    seed => NetworkText.ParseAll(TwoHeads).Initialize(seed),
                    new SampleSource("corners", new Corners(36, 1), new Corners(12, 2)),
                    (outputs, targets) =>
                        Entropy.Forward(outputs[0], targets[0]) + (outputs[1] - targets[1]).Square().Mean()
                );
    }

    /// <summary>Two images, and whether their classes differ: 1, else 0.</summary>
    private sealed class Pairs(int count, ulong seed) : ISampleSet
    {
        private readonly CornerImages _images = new(2 * count, seed);

        public string Name => "pairs";

        public int Count => count;

        public Sample Read(int index)
        {
            int other = index % 2 == 0 ? (3 * index) % (2 * count) : (index + 1) % (2 * count);
            bool differ = _images.Label(index) != _images.Label(other);
            return new Sample([Image(_images, index), Image(_images, other)], [Tensor.From([differ ? 1f : 0f], [1])]);
        }
    }

    /// <summary>An image, its class, and the place of its corner.</summary>
    private sealed class Corners(int count, ulong seed) : ISampleSet
    {
        private readonly CornerImages _images = new(count, seed);

        public string Name => "corners";

        public int Count => count;

        public Sample Read(int index)
        {
            int label = _images.Label(index);
            return new Sample(
                [Image(_images, index)],
                [Tensor.From([(long)label], []), Tensor.From([label == 2 ? 1f : 0f, label == 1 ? 1f : 0f], [2])]
            );
        }
    }

    private static Tensor Image(CornerImages images, int index)
    {
        float[] values = new float[64];
        images.Read(index, values);
        return Tensor.From(values, [1, 8, 8]);
    }
}
