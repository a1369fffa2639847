using System.Text.Json.Nodes;

namespace Fovea.Workbench.Tests;

/// <summary>Starts that fail, and what is left behind; ends that are cut short.</summary>
public sealed class RunStartTests : IDisposable
{
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 2,
        Batch = 6,
        LearningRate = 0.01,
        Optimizer = "adam",
        Schedule = "constant",
        Preflight = false,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Start_DiskFullAtAnyOperation_LeavesARunToContinueOrAFolderToUseAgain()
    {
        int continued = 0,
            again = 0;
        for (int failAt = 1; ; failAt += 5)
        {
            string folder = _folder.File($"run{failAt}");
            Exception? e = Record.Exception(() =>
                Start(folder, new FaultingFileSystem(failAt, forever: true), default)
            );
            if (e is null)
            {
                break;
            }

            Assert.Matches(
                "(could not be saved|cannot be read|cannot be written): No space left on device",
                Assert.IsAssignableFrom<IOException>(e).Message
            );
            Assert.False(File.Exists(Path.Combine(folder, "run.lock")), $"operation {failAt}: the lock stayed");
            CheckpointStore store = new(Path.Combine(folder, "checkpoints"));
            if (store.Exists("last"))
            {
                store.Load("last");
                continued++;
                continue;
            }

            Start(folder, null, new CancellationToken(canceled: true));
            store.Load("last");
            Assert.DoesNotContain(
                Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories),
                f => f.Contains(".saving-", StringComparison.Ordinal)
            );
            again++;
        }

        Assert.True(continued > 10 && again > 3, $"{continued} continued, {again} again");
    }

    [Theory]
    [InlineData("metrics.jsonl")]
    [InlineData("checkpoints/last")]
    [InlineData("checkpoints/last.previous")]
    [InlineData("notes.txt")]
    public void Create_FolderWithAnythingWorthKeeping_IsRefused(string file)
    {
        Directory.CreateDirectory(_folder.File("checkpoints"));
        File.WriteAllText(_folder.File("run.json"), "{}");
        File.WriteAllText(_folder.File("checkpoints/last.saving-12"), "half");
        RunFolder.Create(_folder.Path);
        File.WriteAllText(_folder.File(file), "mine");

        Assert.Contains(
            "the run folder must be new or empty",
            Assert.Throws<IOException>(() => RunFolder.Create(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Take_HolderCannotBeWritten_LeavesNoLock()
    {
        Directory.CreateDirectory(_folder.File("run.holder.json")); // where the file should be

        Assert.NotNull(Record.Exception(() => RunLock.Take(_folder.Path)));

        Assert.False(File.Exists(_folder.File("run.lock")), "the lock stayed");
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(0, false)]
    public void ResumeFit_OtherVectorWidth_IsNoticed(int bits, bool noticed)
    {
        TrainingOptions options = Few with { Out = _folder.File("run") };
        Start(options.Out, null, new CancellationToken(canceled: true));
        string path = _folder.File("run/run.json");
        JsonObject run = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        run["machine"]!["vectorBits"] = bits == 0 ? Fovea.Kernels.CpuTier.Bits : bits + 1; // a width no machine has
        File.WriteAllText(path, run.ToJsonString());
        using StopAfter first = new(long.MaxValue),
            second = new(long.MaxValue);

        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), options, observer: first);
        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), options, observer: second);

        Assert.Equal(
            noticed,
            first.Notices.Any(n => n.Contains("129-bit vectors, from here on with", StringComparison.Ordinal))
        );
        Assert.Empty(second.Notices); // the machine before is this one now
    }

    /// <summary>A machine of the same width, but of another kind: the record of a run says how it was planned.</summary>
    [Fact]
    public void ResumeFit_OtherProfile_IsNoticedInOneLineThatSaysWhatDiffers()
    {
        TrainingOptions options = Few with { Out = _folder.File("run") };
        Start(options.Out, null, new CancellationToken(canceled: true));
        string path = _folder.File("run/run.json");
        JsonObject run = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        JsonObject profile = run["machine"]!["profile"]!.AsObject();
        long cache = (long)profile["secondCache"]!;
        profile["secondCache"] = cache + 1;
        File.WriteAllText(path, run.ToJsonString());
        using StopAfter first = new(long.MaxValue),
            second = new(long.MaxValue);

        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), options, observer: first);
        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), options, observer: second);

        string notice = Assert.Single(first.Notices);
        Assert.Contains($"(secondCache {cache} instead of {cache + 1})", notice, StringComparison.Ordinal);
        Assert.Contains("the bits may differ", notice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', notice);
        Assert.Empty(second.Notices);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_CancelledInTheFinalTest_SaysThatTrainingIsFinished(bool kept)
    {
        TrainingOptions options = Few with { Out = kept ? _folder.File("run") : null };
        using StopAtTheEnd stopper = new(options.Epochs);

        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            options,
            observer: stopper,
            cancel: stopper.Token
        );

        Assert.Equal(TrainingOutcome.Interrupted, result.Outcome);
        Assert.Equal(
            "Training is finished; stopped while measuring the test items."
                + (kept ? $" All is saved; measure with --resume {options.Out}" : ""),
            result.Message
        );
        Assert.Null(result.Test);
        if (kept)
        {
            Assert.NotNull(Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(), options).Test);
        }
    }

    private static void Start(string folder, IFileSystem? files, CancellationToken cancel)
    {
        PreparedRun run = new(
            new TrainingSession(TinyNet.Create(), CornerImages.Source(), Few, null),
            nameof(TinyNet),
            DataIdentity.Of(CornerImages.Source())
        );
        using StopAfter listener = new(long.MaxValue);
        RunStart.Train(run, null, folder, listener, TimeProvider.System, files, cancel);
    }

    private sealed class StopAtTheEnd(int epochs) : TrainingObserver, IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        public CancellationToken Token => _source.Token;

        public override void EpochEnded(Metrics metrics, bool isBest)
        {
            if (metrics.Epoch == epochs)
            {
                _source.Cancel();
            }
        }

        public void Dispose() => _source.Dispose();
    }
}
