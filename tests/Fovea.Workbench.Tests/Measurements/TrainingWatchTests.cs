using Fovea.Data;

namespace Fovea.Workbench.Tests;

public sealed partial class TrainingWatchTests
{
    /// <summary>What a loop does wrong.</summary>
    public enum Slip
    {
        None,
        NotCleared,
        ClearedEachBatch,
        SummedBatches,
        ClimbsTheLoss,
        ScaledLoss,
        InEvaluation,
        LayerMadeInForward,
        EvaluatedInTraining,
        DrawnAnew,
        LayerTurned,
        OtherHead,
        Late,
        FourBits,
        Lookahead,
        SlowAverage,
        QuickAverage,
        DropsAlways,
    }

    [Theory]
    [InlineData(Slip.None, "")]
    [InlineData(Slip.NotCleared, Cause.GradientsNotCleared)]
    [InlineData(Slip.ClearedEachBatch, Cause.ItemsMissed)]
    [InlineData(Slip.SummedBatches, Cause.LossScale)]
    [InlineData(Slip.ClimbsTheLoss, Cause.WrongGradient)]
    [InlineData(Slip.ScaledLoss, Cause.LossScale)]
    [InlineData(Slip.InEvaluation, Cause.EvaluationMode)]
    [InlineData(Slip.LayerMadeInForward, Cause.Unregistered)]
    [InlineData(Slip.EvaluatedInTraining, Cause.TrainingMode)]
    [InlineData(Slip.DrawnAnew, Cause.Unregistered)]
    [InlineData(Slip.LayerTurned, Cause.WrongGradient)]
    [InlineData(Slip.OtherHead, Cause.Disconnected)]
    [InlineData(Slip.Late, Cause.WrongGradient)]
    [InlineData(Slip.FourBits, Cause.RateTooLow)]
    [InlineData(Slip.Lookahead, "")]
    [InlineData(Slip.SlowAverage, Cause.OtherWeights)]
    [InlineData(Slip.QuickAverage, "")]
    [InlineData(Slip.DropsAlways, Cause.TrainingMode)]
    public void Books_OfALoopWithASlip_NameIt(Slip slip, string cause)
    {
        TrainingWatch watch = Loop(slip);
        Answer answer = new TrainingLoopBooks().Ask(watch.Evidence!);
        Assert.True(cause == answer.Cause, $"{slip}: {answer.Verdict} {answer.Cause} {answer.Finding}");
        Assert.Equal(cause.Length > 0 ? Verdict.Fix : Verdict.Ok, answer.Verdict);
    }

    [Fact]
    public void Step_Watched_ChangesNoBit()
    {
        float[] Weights(bool watched)
        {
            Module net = TinyNet.Create();
            SGD optimizer = new(net, learningRate: 0.05, momentum: 0.9);
            CrossEntropy loss = new();
            TrainingWatch? watch = watched ? Diagnosis.Watch(net, optimizer, loss.Forward) : null;
            foreach (Batch batch in Batches(epochs: 4, size: 9))
            {
                optimizer.ZeroGrad();
                watch?.Begin();
                Tensor scores = net.Forward(batch.Inputs),
                    value = loss.Forward(scores, batch.Targets);
                value.Backward();
                watch?.Learned(batch, scores, value);
                if (watch is null)
                {
                    optimizer.Step();
                }
                else
                {
                    watch.Step();
                }
            }

            return [.. net.StateDict().Values.SelectMany(t => t.To(DType.Float32).ToArray())];
        }

        Assert.Equal(Weights(false), Weights(true));
    }

    [Fact]
    public void EpochEnded_MoreScoresThanClasses_Counts()
    {
        Module net = new Sequential(new Flatten(), new Linear(64, 7)).Initialize(1);
        SGD optimizer = new(net, learningRate: 0.1);
        CrossEntropy loss = new();
        Batch[] batches = [.. Batches(epochs: 1, size: 12)];
        TrainingWatch watch = Diagnosis.Watch(
            net,
            optimizer,
            loss.Forward,
            new WatchOptions { Classes = ["a", "b", "c"], Train = batches }
        );
        foreach (Batch batch in batches)
        {
            optimizer.ZeroGrad();
            Tensor scores = net.Forward(batch.Inputs),
                value = loss.Forward(scores, batch.Targets);
            value.Backward();
            watch.Learned(batch, scores, value);
            watch.Step();
        }

        watch.EpochEnded();
        Assert.Equal(36, watch.Measured.Epochs[0].Train!.Items);
    }

    // Items of the loop's own batches are looked at before the first update.
    [Fact]
    public void Learned_HeldOutBatchesOfAnotherScale_AreNamedAtOnce()
    {
        Module net = TinyNet.Create();
        SGD optimizer = new(net, learningRate: 0.02);
        CrossEntropy loss = new();
        Batch[] batches = [.. Batches(epochs: 1, size: 12)];
        TrainingWatch watch = Diagnosis.Watch(
            net,
            optimizer,
            loss.Forward,
            new WatchOptions
            {
                Classes = ["a", "b", "c"],
                Train = batches,
                HeldOut = [.. batches.Select(b => b with { Inputs = (b.Inputs * 5.0) + 4.0 })],
            }
        );
        Tensor scores = net.Forward(batches[0].Inputs),
            value = loss.Forward(scores, batches[0].Targets);
        value.Backward();
        watch.Learned(batches[0], scores, value);
        Answer answer = Diagnosis.Of(watch.Evidence!)[0];
        Assert.True(
            (Verdict.Fix, Cause.PipelinesDiffer) == (answer.Verdict, answer.Cause),
            $"{answer.Verdict} {answer.Cause} {answer.Finding}"
        );
        Assert.Empty(watch.Measured.Data!.TrainPerClass); // a few batches say nothing of the number of items a class
    }

    // Nobody clears the gradient of a parameter that the optimizer was not given, and nobody uses it.
    [Fact]
    public void Books_GradientOfALayerWithoutOptimizer_IsNotCounted()
    {
        Sequential net = new(new Flatten(), new Linear(64, 8), new ReLU(), new Linear(8, 3));
        net.Initialize(1);
        SGD optimizer = new([new ParameterGroup([.. net.Parameters().Skip(2)])], learningRate: 0.02);
        CrossEntropy loss = new();
        TrainingWatch watch = Diagnosis.Watch(
            net,
            optimizer,
            loss.Forward,
            new WatchOptions { Classes = ["a", "b", "c"] }
        );
        foreach (Batch batch in Batches(epochs: 3, size: 12))
        {
            optimizer.ZeroGrad();
            watch.Begin();
            Tensor scores = net.Forward(batch.Inputs),
                value = loss.Forward(scores, batch.Targets);
            value.Backward();
            watch.Learned(batch, scores, value);
            watch.Step();
        }

        Assert.Equal(0, watch.Measured.Steps.Sum(s => s.Uncleared));
    }

    private static TrainingWatch Loop(Slip slip)
    {
        Module net = slip switch
        {
            Slip.LayerMadeInForward => new Forgetful().Initialize(3),
            Slip.OtherHead => new Beside().Initialize(3),
            Slip.DropsAlways => new DropsAlways().Initialize(3),
            _ => TinyNet.Create(),
        };
        bool averages = slip is Slip.SlowAverage or Slip.QuickAverage;
        SGD optimizer = new(net, learningRate: averages ? 0.2 : 0.02);
        CrossEntropy loss = new();
        float[][] slow = [.. net.Parameters().Select(p => p.ToArray())];
        Queue<Tensor[]> late = new();
        int group = slip is Slip.ClearedEachBatch or Slip.SummedBatches ? 3 : 1;
        TrainingWatch watch = Diagnosis.Watch(
            net,
            optimizer,
            loss.Forward,
            new WatchOptions
            {
                Classes = ["a", "b", "c"],
                Train = averages || slip == Slip.DropsAlways ? [.. Batches(epochs: 1, size: 12)] : [],
            }
        );
        if (slip == Slip.InEvaluation)
        {
            net.Eval();
        }

        int number = 0;
        int made = 0;
        foreach (Batch[] update in Batches(epochs: averages ? 20 : 4, size: 6).Chunk(group))
        {
            if (slip == Slip.DrawnAnew && number++ % 6 == 0)
            {
                net.Initialize((ulong)number);
            }

            if (slip != Slip.NotCleared)
            {
                optimizer.ZeroGrad();
            }

            watch.Begin();
            foreach (Batch batch in update)
            {
                if (slip == Slip.ClearedEachBatch)
                {
                    optimizer.ZeroGrad();
                }

                Tensor scores = net.Forward(batch.Inputs),
                    value = loss.Forward(net is Beside beside ? beside.Second(batch.Inputs) : scores, batch.Targets);
                double factor =
                    slip == Slip.ClimbsTheLoss ? -1
                    : slip == Slip.ScaledLoss ? 6
                    : slip == Slip.ClearedEachBatch ? 1.0 / group
                    : 1;
                (value * factor).Backward();
                watch.Learned(batch, scores, value);
            }

            if (slip == Slip.LayerTurned)
            {
                Parameter turned = net.Parameters()[0];
                turned.Grad = turned.Grad! * -1.0;
            }

            if (slip == Slip.Late)
            {
                late.Enqueue([.. net.Parameters().Select(p => p.Grad!.Clone())]);
                Tensor[] old = late.Count > 3 ? late.Dequeue() : late.Peek();
                foreach ((Parameter parameter, Tensor gradient) in net.Parameters().Zip(old))
                {
                    parameter.Grad!.CopyFrom(gradient);
                }
            }

            watch.Step();
            Moved(net, slip, slow, ++made);
            if (averages && made % 60 == 0)
            {
                float[][] trained = [.. net.Parameters().Select(p => p.ToArray())];
                Put(net, slow);
                watch.EpochEnded();
                Put(net, trained);
            }
        }

        if (!averages)
        {
            watch.EpochEnded(new MeasuredPart(12, 1.0, 0.1, 6), inTraining: slip == Slip.EvaluatedInTraining);
        }

        return watch;
    }

    private static IEnumerable<Batch> Batches(int epochs, int size)
    {
        Loader loader = new(
            CornerImages.Source().Train,
            new LoaderOptions
            {
                BatchSize = size,
                Shuffle = true,
                Workers = 0,
            }
        );
        return Enumerable.Range(0, epochs).SelectMany(e => loader.Epoch(e));
    }

    /// <summary>Has a second head, whose scores Forward does not give.</summary>
    private sealed class Beside : Module
    {
        private readonly Sequential _first = new(new Flatten(), new Linear(64, 3));
        private readonly Sequential _second = new(new Flatten(), new Linear(64, 3));

        public override Tensor Forward(Tensor x) => _first.Forward(x);

        public Tensor Second(Tensor x) => _second.Forward(x);
    }

    /// <summary>Makes its head anew in each call.</summary>
    private sealed class Forgetful : Module
    {
        private readonly Conv2d _conv = new(1, 4, 3, padding: 1);
        private readonly Linear _kept = new(64, 3);
        private ulong _calls;

        public override Tensor Forward(Tensor x)
        {
            Linear made = new(256, 64);
            made.Initialize(_calls++);
            return _kept.Forward(made.Forward(_conv.Forward(x).Relu().Reshape([x.Shape[0], 256])));
        }
    }
}
