using Fovea.Models;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>Onsets, and replays that make them exact.</summary>
public sealed class DiagnosisOnsetTests : IDisposable
{
    private const string Net =
        "input 1x32x32; conv 8 3 stride=2; relu; conv 8 3; relu; maxpool 4; flatten; linear classes";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A layer whose units are all dead has a gradient of 0 to the bit, which the test sees in every update.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Replay_LayerThatDies_DatesItToTheUpdate(int checkpointSteps)
    {
        string run = _folder.File("run");
        GradientOf seen = new("conv2.weight");
        Trainer.Run(Dying(run) with { CheckpointSteps = checkpointSteps > 0 ? checkpointSteps : null }, seen);
        long died = seen.LastAlive + 1;
        Assert.InRange(died, 9, 300);
        Answer before = Rate(Diagnosis.OfRun(run));
        Assert.True(before.OnsetWithin > 0, $"known to {before.OnsetWithin}");
        Assert.InRange(before.OnsetStep!.Value, died, died + before.OnsetWithin.Value);
        List<string> notices = [];
        byte[] files = Files(run);

        Answer after = Rate(Diagnosis.Of(Diagnosis.Replay(run, notice: notices.Add)));

        Assert.Equal((died, 0L), (after.OnsetStep!.Value, after.OnsetWithin!.Value));
        Assert.Contains(
            notices,
            n =>
                n.StartsWith("Replaying updates ", StringComparison.Ordinal)
                && n.Contains(" from ", StringComparison.Ordinal)
        );
        Assert.Equal(files, Files(run));
    }

    [Fact]
    public void Replay_Again_HasNothingLeftToDate()
    {
        string run = _folder.File("run");
        Trainer.Run(Dying(run));
        Evidence evidence = Diagnosis.Replay(run);
        Assert.DoesNotContain(Diagnosis.Of(evidence), a => a.Verdict == Verdict.Fix && a.OnsetWithin != 0);
        Assert.Empty(Diagnosis.Undated(evidence.Measured!, Diagnosis.Of(evidence)));
        long next = 0;
        foreach (MeasuredStep step in evidence.Measured!.Steps)
        {
            Assert.Equal(next + step.Steps - 1, step.Step);
            next = step.Step + 1;
        }
    }

    [Fact]
    public void Replay_DataThatAreNotThere_SaysSoInALine()
    {
        string run = _folder.File("run");
        Trainer.Run(Dying(run));
        IOException e = Assert.Throws<IOException>(() => Diagnosis.Replay(run, _folder.File("nowhere")));
        Assert.StartsWith(
            $"{run}: a replay needs the run's data (--data D where they have moved): ",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\n', e.Message);
        Assert.Contains(
            "a replay needs the data of the run, but: ",
            Assert.Throws<ArgumentException>(() => Diagnosis.Replay(run, "cbf")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Replay_ModuleOfAProgram_IsRefused()
    {
        string run = _folder.File("run");
        Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            new TrainingOptions
            {
                Epochs = 2,
                Preflight = false,
                Out = run,
            }
        );
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            RunReplay.Measure(run, null, Measurements.Read(run)!, [(1, 2)], _ => { }, default)
        );
        Assert.Contains("a module of a program of its own", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_TooFarFromTheStart_IsRefused()
    {
        string run = _folder.File("run");
        Trainer.Run(Dying(run));
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            RunReplay.Measure(run, null, Measurements.Read(run)!, [(7, 9000)], _ => { }, default)
        );
        Assert.Contains(
            "would begin anew and go to update 9001, and 5000 is the most",
            e.Message,
            StringComparison.Ordinal
        );
    }

    // What was measured is changed by a thousandth, as on another machine.
    [Fact]
    public void Replay_OtherNumbersThanTheRun_AreRefused()
    {
        string run = _folder.File("run");
        Trainer.Run(Dying(run));
        Measurements measured = Measurements.Read(run)!;
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() =>
            RunReplay.Measure(
                run,
                null,
                measured with
                {
                    Steps = [.. measured.Steps.Select(s => s with { FirstLoss = s.FirstLoss * 1.001 })],
                },
                [(9, 15)],
                _ => { },
                default
            )
        );
        Assert.Contains("gives another loss or signal at update 1 than the run", e.Message, StringComparison.Ordinal);
    }

    private static Answer Rate(IReadOnlyList<Answer> answers)
    {
        Answer answer = answers.Single(a => a.Id == "3.5");
        Networks.AssertVerdict(Verdict.Fix, answer);
        return answer;
    }

    private static TrainingRequest Dying(string folder) =>
        new()
        {
            Model = Net,
            Data = "shapes",
            TrainCount = 1600,
            TestCount = 40,
            Epochs = 4,
            Batch = 16,
            Optimizer = "sgd,momentum=0.9",
            LearningRate = 0.3,
            Schedule = "constant,warmup=200",
            Preflight = false,
            Out = folder,
        };

    /// <summary>Names, sizes and bits of all files.</summary>
    private static byte[] Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order().SelectMany(File.ReadAllBytes)];

    /// <summary>Notes the last update in which a weight had a gradient.</summary>
    private sealed class GradientOf(string path) : TrainingObserver
    {
        public long LastAlive { get; private set; } = -1;

        public override void GradientsReady(Module model, long update)
        {
            Parameter weight = model.NamedParameters().Single(p => p.Path == path).Parameter;
            LastAlive = weight.Grad!.ToArray().Any(g => g != 0f) ? update : LastAlive;
        }
    }
}
