using System.Text.Json;
using Fovea.Data;

namespace Fovea.Workbench.Tests;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 6,
        Batch = 6,
        LearningRate = 0.01,
        Optimizer = "adam",
        Schedule = "constant",
        Preflight = false,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_EasyProblem_IsLearned()
    {
        TrainingResult result = Trainer.Fit(TinyNet.Create(), CornerImages.Source(60, 30), Few);

        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        Assert.True(result.Test!.Accuracy.Value > 0.9, $"test accuracy {result.Test.Accuracy}, last {result.Last}");
        Assert.Equal(30, result.Test.N);
        Assert.Equal([10L, 10L, 10L], result.Test.PerClass.Select(c => c.N));
    }

    [Fact]
    public void Fit_WithFolder_WritesTheRun()
    {
        string folder = _folder.File("run");

        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Few with { Out = folder, Epochs = 2, Seed = 7 });

        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        Assert.Equal(7, run.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal("TinyNet", run.RootElement.GetProperty("model").GetString());
        Assert.Equal(2, run.RootElement.GetProperty("options").GetProperty("epochs").GetInt32());
        JsonElement machine = run.RootElement.GetProperty("machine");
        Assert.Equal(Fovea.Kernels.CpuTier.Bits, machine.GetProperty("vectorBits").GetInt32());
        Assert.Equal(Fovea.Kernels.CpuTier.Description, machine.GetProperty("cpu").GetString());
        Assert.True(machine.GetProperty("threads").GetInt32() > 0);
        Assert.Equal(
            MachineProfile.Current,
            RunJson.Indented.From<MachineProfile>(machine.GetProperty("profile").GetRawText())
        );
        Assert.Equal([1, 2], MetricsLog.Read(Path.Combine(folder, "metrics.jsonl")).Select(m => m.Epoch));
        Assert.Equal(
            ["best", "last", "last.previous"],
            Directory
                .GetFiles(Path.Combine(folder, "checkpoints"))
                .Select(Path.GetFileName)
                .Where(n => n != "best.previous")
                .Order(StringComparer.Ordinal)
        );
        Assert.False(File.Exists(Path.Combine(folder, "run.lock")));
    }

    [Fact]
    public void Fit_SameSeedTwice_GivesTheSameBytes()
    {
        foreach (string name in new[] { "a", "b" })
        {
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                Few with
                {
                    Out = _folder.File(name),
                    Epochs = 2,
                    Augment = "crop=1",
                }
            );
        }

        Assert.Equal(
            File.ReadAllBytes(_folder.File("a/checkpoints/last")),
            File.ReadAllBytes(_folder.File("b/checkpoints/last"))
        );
    }

    [Fact]
    public void Fit_FolderWithContent_IsRefusedWithTheFix()
    {
        File.WriteAllText(_folder.File("note.txt"), "mine");

        string message = Assert
            .Throws<IOException>(() =>
                Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Few with { Out = _folder.Path })
            )
            .Message;

        Assert.Contains(
            "the run folder must be new or empty. Choose another --out.",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_ItemsThatDoNotFit_AreRefusedBeforeAnythingIsWritten()
    {
        DataSource series = new("corners", "generated", new OtherShape(), new OtherShape());

        Assert.Throws<ShapeException>(() =>
            Trainer.Fit(TinyNet.Create(), series, Few with { Out = _folder.File("run") })
        );

        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public void Fit_WrongNumberOfScores_SaysWhatTheLastLayerNeeds()
    {
        Module model = new Sequential(new Flatten(), new Linear(64, 5));

        string message = Assert.Throws<ShapeException>(() => Trainer.Fit(model, CornerImages.Source(), Few)).Message;

        Assert.Contains("must be [items, classes] = [1, 3], got [1, 5]", message, StringComparison.Ordinal);
        Assert.Contains("Give the last layer 3 outputs", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("epochs", "epochs must be 1 or more, got 0")]
    [InlineData("lr", "lr must be above 0, got NaN")]
    [InlineData("ema", "ema must be at least 0 (off) and below 1, got 1")]
    [InlineData("validation", "validation must be at least 0 and below 1, got 1")]
    public void Fit_OptionOutOfRange_IsNamed(string option, string text)
    {
        TrainingOptions options = option switch
        {
            "epochs" => Few with { Epochs = 0 },
            "lr" => Few with { LearningRate = double.NaN },
            "ema" => Few with { AverageDecay = 1 },
            _ => Few with { Validation = 1 },
        };

        Assert.Contains(
            text,
            Assert
                .Throws<ArgumentException>(() => Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_LossBecomesNonFinite_StopsNamingThePlaceAndKeepsAFiniteCheckpoint()
    {
        string folder = _folder.File("run");

        TrainingResult result = Trainer.Fit(
            Exploding.Create(),
            CornerImages.Source(),
            Few with
            {
                Out = folder,
                Validation = 0,
                Watch = WatchLevel.Off, // it counts its calls, and a trace is one
                Compile = false,
            }
        );

        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Contains("the loss is NaN in epoch 1, batch 3", result.Message, StringComparison.Ordinal);
        Assert.Contains("the first output that is not finite is that of", result.Message, StringComparison.Ordinal);
        Assert.Contains("Linear 'wild'", result.Message, StringComparison.Ordinal);
        Assert.Contains("the last finite checkpoint is", result.Message, StringComparison.Ordinal);
        Assert.All(
            CheckpointStore.Read(Path.Combine(folder, "checkpoints", "last")).Tensors,
            t => Assert.True(NonFiniteSearch.IsFinite(t.Value), t.Key)
        );
    }

    [Fact]
    public void Fit_GradientBecomesNonFinite_StopsBeforeTheUpdateNamingTheOperator()
    {
        string folder = _folder.File("run");

        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Out = folder,
            },
            loss: (scores, _) => (scores * 0.0).Sum().Sqrt()
        );

        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Contains("the gradient norm is NaN in epoch 1, batch 1", result.Message, StringComparison.Ordinal);
        Assert.Contains(
            "backward: the first gradient that is not finite is that of the input of Sqrt",
            result.Message,
            StringComparison.Ordinal
        );
        Assert.All(
            CheckpointStore.Read(Path.Combine(folder, "checkpoints", "last")).Tensors,
            t => Assert.True(NonFiniteSearch.IsFinite(t.Value), t.Key)
        );
    }

    [Fact]
    public void Fit_LossOfOnesOwn_IsUsed()
    {
        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Epochs = 1,
            },
            loss: (scores, _) => (scores * 0.0).Sum() + 7.0
        );

        Assert.Equal(7.0, result.Last!.Loss, 6);
    }

    [Fact]
    public void Fit_BatchThatDoesNotFitTheMemory_SaysItsShapeAndTheWayOut()
    {
        string message = Assert
            .Throws<InvalidOperationException>(() => Trainer.Fit(new TooLarge(), CornerImages.Source(), Few))
            .Message;

        Assert.Contains(
            "a batch [6, 1, 8, 8] does not fit the memory. Use --batch 3 --accumulation 2",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Load_RunOfAModuleOfOnesOwn_PredictsAsMeasured()
    {
        string folder = _folder.File("run");
        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Out = folder,
                AverageDecay = 0.5,
            }
        );

        TrainedModel model = TrainedModel.Load(folder, TinyNet.Create(99));

        Assert.Equal(result.Test!.Loss, model.Evaluate(CornerImages.Source()).Loss, 12);
        Prediction prediction = new Predictor(model, top: 2).Item(CornerImages.Source().Test, 4);
        Assert.Equal("corners 4", prediction.Input);
        Assert.Equal("top right", prediction.Actual);
        Assert.Equal(2, prediction.Top.Count);
        Assert.True(prediction.Top[0].Probability >= prediction.Top[1].Probability, prediction.ToString());
    }

    [Fact]
    public void Load_OtherModule_IsRefusedListingTensors()
    {
        string folder = _folder.File("run");
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Few with { Out = folder, Epochs = 1 });

        Assert.Contains(
            "'conv.weight' is not in the network",
            Assert
                .Throws<ShapeException>(() =>
                    TrainedModel.Load(folder, new Sequential(new Flatten(), new Linear(64, 3)))
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_NothingBetterForPatienceEpochs_StopsEarly()
    {
        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Epochs = 50,
                Patience = 2,
                LearningRate = 1e-12,
                Validation = 0.3,
            }
        );

        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        Assert.Contains("Stopped early after epoch", result.Message, StringComparison.Ordinal);
        Assert.True(result.Last!.Epoch < 50, result.Last.ToString());
    }

    [Fact]
    public void Fit_Validation_HoldsOutTheFractionOfEachClassAndNeverTestItems()
    {
        (IDataset train, IDataset? held) = HeldOutSplit.Of(new CornerImages(30, 1), 0.2, 5);

        Assert.Equal(
            [2, 2, 2],
            Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, held!.Count).Count(i => held.Label(i) == c))
        );
        Assert.Equal(24, train.Count);
        float[][] items =
        [
            .. Enumerable.Range(0, 24).Select(i => Read(train, i)),
            .. Enumerable.Range(0, 6).Select(i => Read(held!, i)),
        ];
        Assert.Equal(30, items.Select(i => string.Join(' ', i)).Distinct().Count());
        (IDataset again, _) = HeldOutSplit.Of(new CornerImages(30, 1), 0.2, 5);
        Assert.Equal(
            Enumerable.Range(0, 24).Select(i => Read(train, i)),
            Enumerable.Range(0, 24).Select(i => Read(again, i))
        );
    }

    [Fact]
    public void Fit_ValidationOfTooFewItems_IsRefused() =>
        Assert.Contains(
            "holds out nothing",
            Assert.Throws<ArgumentException>(() => HeldOutSplit.Of(new CornerImages(6, 1), 0.1, 5)).Message,
            StringComparison.Ordinal
        );

    private static float[] Read(IDataset data, int index)
    {
        float[] values = new float[64];
        data.Read(index, values);
        return values;
    }

    private sealed class OtherShape : IDataset
    {
        public string Name => "series";

        public int Count => 6;

        public Shape ItemShape => [2, 16];

        public IReadOnlyList<string> Classes => ["a", "b", "c"];

        public int Label(int index) => index % 3;

        public void Read(int index, Span<float> destination) => destination.Fill(index);
    }

    private sealed class TooLarge : Module
    {
        private readonly Linear _head = new(64, 3);

        public override Tensor Forward(Tensor x) =>
            IsTraining ? throw new InsufficientMemoryException() : _head.Forward(x.Reshape([x.Shape[0], 64]));
    }

    /// <summary>In its third batch of training, a layer's products exceed the largest float.</summary>
    private sealed class Exploding : Module
    {
        private readonly Linear _head = new(64, 3);
        private readonly Linear _wild = new(64, 64);
        private int _batches;

        public override Tensor Forward(Tensor x)
        {
            _batches += IsTraining ? 1 : 0;
            Tensor flat = x.Reshape([x.Shape[0], 64]);
            return _head.Forward(_batches >= 3 ? _wild.Forward(flat * 1e38) * 1e-38 : flat);
        }

        public static Exploding Create()
        {
            Exploding model = new();
            model._wild.Weight.Fill(1e4);
            return model;
        }
    }
}
