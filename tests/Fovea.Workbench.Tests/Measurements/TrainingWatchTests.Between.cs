using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <content>What happens to weights and running statistics between updates.</content>
public sealed partial class TrainingWatchTests
{
    [Fact]
    public void Statistics_MovedBetweenUpdates_AreCounted()
    {
        (TrainingWatch moved, TrainingWatch plain) = (Normalized(true), Normalized(false));

        Assert.Equal((3, 0), (Moved(moved), Moved(plain)));

        static int Moved(TrainingWatch watch) => watch.Measured.Steps.Sum(s => s.StatisticsMoved);
    }

    // Without Begin the network has run already when its batch is told.
    [Fact]
    public void Statistics_MovedByAForwardBeforeBegin_AreNotCounted() =>
        Assert.Equal(0, Normalized(false, begins: false).Measured.Steps.Sum(s => s.StatisticsMoved));

    private static TrainingWatch Normalized(bool passesThrough, bool begins = true)
    {
        Sequential net = new(new Conv2d(1, 4, 3, padding: 1), new BatchNorm2d(4), new Flatten(), new Linear(256, 3));
        net.Initialize(1);
        SGD optimizer = new(net, learningRate: 0.02);
        CrossEntropy loss = new();
        TrainingWatch watch = Diagnosis.Watch(net, optimizer, loss.Forward);
        int number = 0;
        foreach (Batch batch in Batches(epochs: 4, size: 12))
        {
            optimizer.ZeroGrad();
            if (begins)
            {
                watch.Begin();
            }

            Tensor scores = net.Forward(batch.Inputs),
                value = loss.Forward(scores, batch.Targets);
            value.Backward();
            watch.Learned(batch, scores, value);
            watch.Step();
            if (passesThrough && number++ % 3 == 0 && number < 9)
            {
                _ = NoGrad.Run(() => net.Forward(Tensor.Normal(batch.Inputs.Shape, rng: new Rng(2))));
            }
        }

        return watch;
    }

    /// <summary>Rounds each weight to fifteen values.</summary>
    private static void Round(Module net)
    {
        foreach (Parameter weight in net.Parameters().Where(p => p.Kind == ParameterKind.Weight))
        {
            Span<float> values = weight.AsSpan<float>();
            float largest = values.ToArray().Max(MathF.Abs);
            foreach (ref float value in values)
            {
                value = MathF.Round(value / largest * 7) * largest / 7;
            }
        }
    }

    /// <summary>What a loop does to weights behind the step.</summary>
    private static void Moved(Module net, Slip slip, float[][] slow, int made)
    {
        double keeps = slip switch
        {
            Slip.SlowAverage => 0.9999,
            Slip.QuickAverage => 0.9,
            Slip.Lookahead when made % 5 == 0 => 0.5,
            _ => 1,
        };
        foreach ((Parameter parameter, float[] mean) in net.Parameters().Zip(slow))
        {
            float[] now = parameter.ToArray();
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] = (float)((keeps * mean[i]) + ((1 - keeps) * now[i]));
            }
        }

        if (slip == Slip.FourBits)
        {
            Round(net);
        }
        else if (slip == Slip.Lookahead && made % 5 == 0)
        {
            Put(net, slow);
        }
    }

    private static void Put(Module net, float[][] values)
    {
        foreach ((Parameter parameter, float[] own) in net.Parameters().Zip(values))
        {
            own.CopyTo(parameter.AsSpan<float>());
        }
    }

    /// <summary>Drops units in evaluation too.</summary>
    private sealed class DropsAlways : Module
    {
        private readonly Linear _head = new(64, 3);
        private readonly Dropout _drop = new(0.3);

        public override Tensor Forward(Tensor x)
        {
            _drop.Train();
            return _head.Forward(_drop.Forward(x.Reshape([x.Shape[0], 64])));
        }
    }
}
