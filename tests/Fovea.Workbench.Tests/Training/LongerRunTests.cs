namespace Fovea.Workbench.Tests;

/// <summary>Runs that go on for longer, start from other weights, or train a part.</summary>
public sealed class LongerRunTests : IDisposable
{
    private const string Net =
        "input 3x32x32; c: conv 4 3 stride=4; b: bn; relu; globalavgpool flatten=true; h: linear classes";

    private readonly TemporaryFolder _folder = new();
    private readonly Notices _notices = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Resume_WithMoreEpochs_EqualsTheLongRunToTheBit()
    {
        Trainer.Run(Request("long") with { Epochs = 3 });
        Trainer.Run(Request("short") with { Epochs = 1 });

        TrainingResult result = Trainer.Resume(
            _folder.File("short"),
            new() { Epochs = 3, Preflight = false },
            _notices
        );

        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        Assert.Equal(3, result.Last!.Epoch);
        Assert.Equal(Last("long"), Last("short"));
        Assert.Contains(
            _notices.Texts,
            t => t.StartsWith("The run goes on to 3 epochs instead of 1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Resume_AfterAnEarlyStopWithMoreEpochs_GoesOn()
    {
        TrainingRequest request = Request("run") with { Epochs = 4, Patience = 1, LearningRate = 1e-12 };
        TrainingResult first = Trainer.Run(request);
        Assert.StartsWith("Stopped early after epoch 2", first.Message, StringComparison.Ordinal);

        TrainingResult second = Trainer.Resume(_folder.File("run"), new() { Epochs = 5, Preflight = false });

        Assert.True(second.Last!.Epoch > first.Last!.Epoch, $"{second.Last.Epoch} epochs: {second.Message}");
    }

    [Fact]
    public void Resume_WithFewerEpochsOrOtherWeights_IsRefused()
    {
        Trainer.Run(Request("run") with { Epochs = 2 });

        Assert.Contains(
            "epochs: the run has 2, asked for 1",
            Assert.Throws<ArgumentException>(() => Trainer.Resume(_folder.File("run"), new() { Epochs = 1 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--init is for a new run",
            Assert.Throws<ArgumentException>(() => Trainer.Resume(_folder.File("run"), new() { Init = "x" })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Run_InitOfARunWithAnotherHead_StartsFromTheRestAndSaysSo()
    {
        Trainer.Run(Request("first") with { Epochs = 1 });
        TrainingRequest request = Request("second") with
        {
            Model = Net.Replace("h: linear classes", "k: linear 3; h: linear classes", StringComparison.Ordinal),
            Init = _folder.File("first"),
            Freeze = "c,b",
            Epochs = 1,
        };
        Trainer.Run(request, _notices);

        IReadOnlyDictionary<string, Tensor> before = TrainedModel.Load(_folder.File("first")).Model.StateDict(),
            after = TrainedModel.Load(_folder.File("second")).Model.StateDict();
        Assert.All(
            before.Where(t => t.Key[0] is 'c' or 'b'),
            t => Assert.True(t.Value.ToArray().SequenceEqual(after[t.Key].ToArray()), $"{t.Key} moved")
        );
        Assert.Contains(
            _notices.Texts,
            t => t.Contains("h.weight ([10, 4] there, [10, 3] here)", StringComparison.Ordinal)
        );
        Assert.Contains(
            _notices.Texts,
            t => t.StartsWith("Frozen: c,b; 55 of 103 parameters", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Run_InitOfASafetensorsFile_HasItsValues()
    {
        Trainer.Run(Request("first") with { Epochs = 1 });
        string file = _folder.File("w.safetensors");
        Interop.Weights.Save(TrainedModel.Load(_folder.File("first")).Model, file);

        Trainer.Run(Request("second") with { Init = file, Epochs = 1, LearningRate = 1e-30, Optimizer = "sgd" });

        Assert.Equal(
            TrainedModel.Load(_folder.File("first")).Model.StateDict()["c.weight"].ToArray(),
            TrainedModel.Load(_folder.File("second")).Model.StateDict()["c.weight"].ToArray()
        );
    }

    [Fact]
    public void Resume_OfAFrozenRun_StaysFrozenToTheBit()
    {
        TrainingRequest request = Request("whole") with { Freeze = "c*", Epochs = 2 };
        Trainer.Run(request);
        using (StopAfter stopper = new(3))
        {
            Trainer.Run(request with { Out = _folder.File("pieces") }, stopper, stopper.Token);
        }

        Trainer.Resume(_folder.File("pieces"));

        Assert.Equal(Last("whole"), Last("pieces"));
    }

    [Theory]
    [InlineData("layer9", "'layer9' names no part of the network with parameters. Its parts are c, b, h")]
    [InlineData("*", "'*' leaves nothing to train")]
    [InlineData("c,,b", "'' names no part")]
    public void Run_FreezeOfNothingOrAll_IsRefusedAndWritesNothing(string freeze, string part)
    {
        string message = Assert
            .Throws<ArgumentException>(() => Trainer.Run(Request("run") with { Freeze = freeze, Epochs = 1 }))
            .Message;

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public void Run_InitThatDoesNotFit_IsRefused()
    {
        Trainer.Run(Request("first") with { Epochs = 1 });
        TrainingRequest other = Request("second") with
        {
            Model = "input 3x32x32; a: conv 2 3; globalavgpool flatten=true; z: linear classes",
            Init = _folder.File("first"),
        };

        Assert.Contains(
            "fits the network",
            Assert.Throws<ArgumentException>(() => Trainer.Run(other)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no run folder or file nowhere",
            Assert.Throws<FileNotFoundException>(() => Trainer.Run(other with { Init = "nowhere" })).Message,
            StringComparison.Ordinal
        );
    }

    private TrainingRequest Request(string name) =>
        new()
        {
            Model = Net,
            Data = "shapes",
            TrainCount = 96,
            TestCount = 32,
            Batch = 32,
            Optimizer = "sgd,momentum=0.9",
            LearningRate = 0.01,
            Schedule = "constant",
            Augment = "none",
            Preflight = false,
            Out = _folder.File(name),
        };

    private Dictionary<string, string> Last(string name)
    {
        Checkpoint checkpoint = CheckpointStore.Read(Path.Combine(_folder.File(name), "checkpoints", "last"));
        Dictionary<string, string> all = checkpoint.Tensors.ToDictionary(
            t => t.Key,
            t =>
                Convert.ToHexString(
                    System.Runtime.InteropServices.MemoryMarshal.AsBytes(t.Value.ToArray<double>().AsSpan())
                )
        );
        all["state"] = checkpoint.Metadata["state"]!.ToJsonString();
        return all;
    }

    private sealed class Notices : TrainingObserver
    {
        public List<string> Texts { get; } = [];

        public override void Notice(string text) => Texts.Add(text);
    }
}
