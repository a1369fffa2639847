namespace Fovea.Workbench.Tests;

/// <summary>Training with the compiled step, and what is said where there is none.</summary>
public sealed class StepCompilerTests
{
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 2,
        Batch = 6,
        LearningRate = 0.01,
        Optimizer = "sgd",
        Schedule = "constant",
        Preflight = false,
        Watch = WatchLevel.Off,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Fit_Compiled_LearnsWhatIsLearnedLayerByLayer(int accumulation)
    {
        double[] compiled = Weights(compile: true, accumulation),
            eager = Weights(compile: false, accumulation);
        double length = Math.Sqrt(eager.Sum(v => v * v)),
            apart = Math.Sqrt(eager.Zip(compiled, (a, b) => (a - b) * (a - b)).Sum());
        Assert.True(apart < 1e-4 * length, $"after two epochs weights are {apart / length:E1} of their length apart");
        Assert.NotEqual(0, apart); // other kernels, so not the same bits: both ways were taken
    }

    [Fact]
    public void Fit_AccumulatedBatches_AreNotSaidToBeCleared()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("run");
        Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Accumulation = 3,
                Watch = WatchLevel.Full,
                Out = path,
            }
        );
        MeasuredStep[] steps = [.. Measurements.Read(path)!.Steps];
        Assert.NotEmpty(steps);
        Assert.All(steps, s => Assert.True(s.Dropped == 0, $"update {s.Step}: {s.Dropped} batches were cleared"));
    }

    [Fact]
    public void Fit_NetworkThatReadsValues_RunsLayerByLayerAndSaysWhy()
    {
        Listener heard = new();
        TrainingResult result = Trainer.Fit(new Reading(), CornerImages.Source(), Few, observer: heard);
        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        Assert.Contains(
            heard.Notices,
            n => n.StartsWith("The training step is not compiled but run layer by layer", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Fit_NetworkThatChangesByItself_RunsLayerByLayerAndSaysWhy()
    {
        Listener heard = new();
        Trainer.Fit(new Changing(), CornerImages.Source(), Few, observer: heard);
        Assert.Contains(
            heard.Notices,
            n => n.EndsWith("it computes something else with each batch", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Fit_TinyNet_IsCompiledAndSaysNothing()
    {
        Listener heard = new();
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Few, observer: heard);
        Assert.DoesNotContain(heard.Notices, n => n.Contains("layer by layer", StringComparison.Ordinal));
    }

    private static double[] Weights(bool compile, int accumulation)
    {
        Module net = TinyNet.Create();
        Trainer.Fit(net, CornerImages.Source(), Few with { Compile = compile, Accumulation = accumulation });
        return [.. net.Parameters().SelectMany(p => p.ToArray<double>())];
    }

    private sealed class Listener : TrainingObserver
    {
        public List<string> Notices { get; } = [];

        public override void Notice(string text) => Notices.Add(text);
    }

    /// <summary>Decides by a value.</summary>
    private sealed class Reading : Module
    {
        private readonly Linear _head = new(64, 3);

        public override Tensor Forward(Tensor x)
        {
            Tensor y = _head.Forward(x.Reshape([x.Shape[0], 64]));
            return y.Mean().Item() > 0 ? y : y * 2.0;
        }
    }

    /// <summary>Computes something else with each call.</summary>
    private sealed class Changing : Module
    {
        private readonly Linear _head = new(64, 3);
        private int _calls;

        public override Tensor Forward(Tensor x)
        {
            Tensor y = _head.Forward(x.Reshape([x.Shape[0], 64]));
            return _calls++ % 2 == 0 ? y : y.Square();
        }
    }
}
