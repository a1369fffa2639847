using System.Text.Json;
using Fovea.Data;
using Fovea.Kernels;

namespace Fovea.Workbench.Tests;

/// <summary>The range test of learning rates: what it suggests, and that it leaves no trace.</summary>
[Collection("threads")]
public sealed class RateSearchTests : IDisposable
{
    private const int PerDecade = 20;

    private static readonly TrainingOptions Few = new()
    {
        Epochs = 2,
        Batch = 9,
        Seed = 3,
        Preflight = false,
        Watch = WatchLevel.Off,
        Optimizer = "sgd,momentum=0.9",
    };

    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose()
    {
        WorkerPool.Threads = _threads;
        _folder.Dispose();
    }

    [Theory]
    [InlineData(-2.0)]
    [InlineData(-3.5)]
    public void Of_LossThatFallsAlongAHyperbolicTangent_IsItsTurningPoint(double middle)
    {
        // Steepest where its argument is 0; from a hundred times that on the loss rises.
        RateSearch search = RateSearch.Of(
            Curve(x => 2 - Math.Tanh(1.5 * (x - middle)) + (x > middle + 2 ? 10 * (x - middle - 2) : 0)),
            PerDecade
        );

        Assert.InRange(Math.Log10(search.Rate!.Value), middle - (1.0 / PerDecade), middle + (1.0 / PerDecade));
        Assert.Contains("there the loss fell fastest", search.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LossesOfNoiseAlone_SuggestsNothing()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            Rng rng = new(seed);
            RateSearch search = RateSearch.Of(Curve(_ => 2.3 + (0.2 * rng.NextNormal())), PerDecade);
            Assert.True(search.Rate is null, $"seed {seed}: {search.Rate}, {search.Finding}");
            Assert.Contains("the loss did not fall", search.Finding, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_LossThatRisesFromTheStart_SaysSo()
    {
        RateSearch search = RateSearch.Of(
            [.. Curve(x => 2 + (x + 6)).Take(5), (1e-5, double.PositiveInfinity)],
            PerDecade
        );

        Assert.Null(search.Rate);
        Assert.Contains("diverged at once", search.Finding, StringComparison.Ordinal);
        Assert.Equal(6, search.Curve.Count);
    }

    [Fact]
    public void FindLearningRate_ParabolasOfKnownCurvature_ScalesWithTheInverse()
    {
        // On c w^2 / 2 plain descent multiplies w by 1 - rate * c: it converges below 2 / c and is fastest at 1 / c.
        double plain = OfParabola(1);
        Assert.InRange(plain, 0.03, 1.0);
        Assert.Equal(plain / 100, OfParabola(100), 9);
        Assert.Equal(plain / 10_000, OfParabola(10_000), 11);

        static double OfParabola(double curvature) =>
            Trainer
                .FindLearningRate(
                    new Parabola(),
                    new SampleSource("ones", new Ones(), new Ones()),
                    Few with
                    {
                        Optimizer = "sgd",
                    },
                    (outputs, _) => outputs[0].Square().Mean() * (curvature / 2)
                )
                .Rate!.Value;
    }

    [Theory]
    [InlineData(true, 1, null)]
    [InlineData(false, 2, "conv")]
    public void FindLearningRate_AnyNetwork_LeavesEveryBitAsItWas(bool compile, int accumulation, string? freeze)
    {
        TrainingOptions options = Few with
        {
            Compile = compile,
            Accumulation = accumulation,
            Freeze = freeze,
            ClipNorm = 1,
            AverageDecay = 0.9,
            Augment = "crop=1,flip",
        };
        Module searched = TinyNet.Create(),
            fresh = TinyNet.Create();
        searched.Eval();
        Tensor trace = searched.Forward(Tensor.Ones([2, 1, 8, 8]));
        trace.Sum().Backward();
        UInt128 before = HashOf(searched);

        RateSearch first = Trainer.FindLearningRate(searched, CornerImages.Source(), options),
            second = Trainer.FindLearningRate(searched, CornerImages.Source(), options);

        Assert.Equal(before, HashOf(searched));
        Assert.Equal(first.Curve, second.Curve);
        Trainer.Fit(searched, CornerImages.Source(), options);
        Trainer.Fit(fresh, CornerImages.Source(), options);
        Assert.Equal(HashOf(fresh), HashOf(searched));
    }

    [Fact]
    public void Run_OnASession_LeavesOptimizerStateAndOrderOfData()
    {
        TrainingSession session = new(TinyNet.Create(), CornerImages.Source(), Few with { Optimizer = "adam" }, null);
        using IEnumerator<Batch> batches = session.Loader.Epoch(0).GetEnumerator();
        session.Model.Train();
        session.Update(batches, TrainingObserver.Of());
        string state = RunJson.Line.ToText(session.State);
        UInt128 before = HashOf(session.Model, session.Optimizer);

        new RateTest(session).Run(null, CancellationToken.None);

        Assert.Equal(before, HashOf(session.Model, session.Optimizer));
        Assert.Equal(state, RunJson.Line.ToText(session.State));
        batches.MoveNext();
        Assert.Equal(session.Loader.Epoch(0, 1).First().Indices, batches.Current.Indices);
    }

    [Fact]
    public void FindLearningRate_AnyNumberOfThreads_SameCurve()
    {
        List<RateSearch> found = [];
        for (int threads = 1; threads <= 4; threads++)
        {
            WorkerPool.Threads = threads;
            found.Add(Trainer.FindLearningRate(TinyNet.Create(), CornerImages.Source(), Few));
        }

        Assert.NotNull(found[0].Rate);
        Assert.All(found, f => Assert.Equal(found[0].Curve, f.Curve));
    }

    [Fact]
    public void Run_FindLearningRate_TrainsAsWithThatRateAndKeepsTheCurve()
    {
        TrainingRequest request = Request() with { FindLearningRate = true, Out = _folder.File("found") };
        using StopAfter heard = new(long.MaxValue);

        TrainingResult result = Trainer.Run(request, heard);

        RateSearch search = result.RateSearch!;
        string folder = _folder.File("found");
        Assert.Equal(search.Curve, RunFolder.Open(folder).ReadRate()!.Curve);
        Assert.Contains(
            heard.Notices,
            n => n.StartsWith($"Learning rate {search.Rate:G3} (--lr auto)", StringComparison.Ordinal)
        );
        using (JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))))
        {
            JsonElement kept = run.RootElement.GetProperty("rateSearch");
            Assert.Equal(search.Rate, kept.GetProperty("rate").GetDouble());
            Assert.True(File.Exists(Path.Combine(folder, kept.GetProperty("file").GetString()!)));
        }

        Trainer.Run(Request() with { LearningRate = search.Rate, Schedule = "onecycle", Out = _folder.File("given") });
        Assert.Equal(Last("given"), Last("found"));
    }

    [Fact]
    public void Resume_OfARunThatFoundItsRate_KeepsItWithoutASearch()
    {
        Trainer.Run(Request() with { FindLearningRate = true, Out = _folder.File("whole") });
        TrainingRequest request = Request() with { FindLearningRate = true, Out = _folder.File("parts") };
        using (StopAfter stopper = new(5))
        {
            Trainer.Run(request, stopper, stopper.Token);
        }

        Stages stages = new();
        TrainingResult resumed = Trainer.Resume(
            _folder.File("parts"),
            new TrainingRequest
            {
                FindLearningRate = true,
                Preflight = false,
                Watch = WatchLevel.Off,
            },
            stages
        );

        Assert.Equal(TrainingOutcome.Finished, resumed.Outcome);
        Assert.DoesNotContain(TrainingStage.RateTest, stages.Seen);
        Assert.Equal(Last("whole"), Last("parts"));
    }

    [Fact]
    public void Resume_OfARunWithAGivenRate_RefusesASearch()
    {
        Trainer.Run(Request() with { LearningRate = 0.01, Out = _folder.File("run") });

        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            Trainer.Resume(_folder.File("run"), new TrainingRequest { FindLearningRate = true })
        );
        Assert.Contains("--lr auto is for a new run", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NothingCanBeSuggested_IsRefusedAndTheFolderTakesAnotherStart()
    {
        string folder = _folder.File("flat");
        TrainingRequest request = Request() with { FindLearningRate = true, Freeze = "*.0,*.1", Out = folder };
        PreparedRun flat = PreparedRun.Of(
            TinyNet.Create(),
            CornerImages.Source(),
            Few,
            (scores, _) => (scores * 0.0).Sum() + 2.0
        );

        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            RunStart.Train(flat, request, folder, TrainingObserver.Of(), TimeProvider.System, null, default)
        );

        Assert.Contains("--lr auto: no learning rate can be suggested", e.Message, StringComparison.Ordinal);
        Assert.Contains("the loss did not fall", e.Message, StringComparison.Ordinal);
        Assert.Contains("Give one with --lr RATE", e.Message, StringComparison.Ordinal);
        Assert.Null(
            JsonSerializer
                .Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "learning-rate.json")))
                .GetProperty("rate")
                .GetString()
        );
        Assert.Equal(
            TrainingOutcome.Finished,
            Trainer.Run(Request() with { LearningRate = 0.01, Out = folder }).Outcome
        );
    }

    private static TrainingRequest Request() =>
        new()
        {
            Data = "shapes",
            TrainCount = 256,
            TestCount = 50,
            Epochs = 2,
            Batch = 32,
            Seed = 1,
            Preflight = false,
            Watch = WatchLevel.Off,
        };

    private static IReadOnlyList<(double, double)> Curve(Func<double, double> loss) =>
        [.. Enumerable.Range(0, 141).Select(i => -6 + ((double)i / PerDecade)).Select(x => (Math.Pow(10, x), loss(x)))];

    private static UInt128 HashOf(Module model, Optimizer? optimizer = null) =>
        ProbeRunner.HashOf(
            new ProbeContext
            {
                Model = model,
                Optimizer = optimizer,
                Loss = (_, _) => throw new InvalidOperationException(),
            }
        );

    private byte[] Last(string run) => File.ReadAllBytes(Path.Combine(_folder.File(run), "checkpoints", "last"));

    private sealed class Stages : TrainingObserver
    {
        public HashSet<TrainingStage> Seen { get; } = [];

        public override void Advanced(TrainingStage stage, double share) => Seen.Add(stage);
    }

    private sealed class Parabola : Module
    {
        private readonly Parameter _weight = new([1], new Constant(1.0));

        public override Tensor Forward(Tensor x) => x * _weight;
    }

    private sealed class Ones : ISampleSet
    {
        public string Name => "ones";

        public int Count => 18;

        public Sample Read(int index) => new([Tensor.Ones([1])], [Tensor.Ones([1])]);
    }
}
