using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class ShiftsProbeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Try_CircularStrideOneAndGlobalAverage_KeepsEveryAnswer(ulong seed)
    {
        Module net = new Sequential(
            Circular(1, 8),
            new ReLU(),
            Circular(8, 8),
            new ReLU(),
            new GlobalAvgPool(flatten: true),
            new Linear(8, 5)
        ).Initialize(seed);
        MeasuredProbe line = One(
            new ShiftsProbe(),
            Labelled(net, 5, Batch(Tensor.Normal([64, 1, 12, 12], rng: new Rng(seed))))
        );
        Assert.Equal((64.0, 64.0), (line["same"], line["items"]));
        Assert.True(line["change"] < 1e-4, $"outputs change by {line["change"]:G3}");
    }

    // The even positions against the odd ones: a move by one changes their places, and so each answer.
    [Fact]
    public void Try_AnswerThatHangsOnThePhase_LosesEveryAnswer()
    {
        Conv1d pair = new(1, 2, 2, stride: 2, bias: false);
        pair.Weight.CopyFrom(Tensor.From([1f, 0f, 0f, 1f], [2, 1, 2]));
        Sequential net = new(pair, new GlobalAvgPool(flatten: true));
        float[] stripes = [.. Enumerable.Range(0, 30 * 16).Select(i => (i + (i / 16)) % 2 == 0 ? 1f : -1f)];
        MeasuredProbe line = One(new ShiftsProbe(), Labelled(net, 2, Batch(Tensor.From(stripes, [30, 1, 16]))));
        Assert.Equal((0.0, 30.0), (line["same"], line["items"]));
        // From (1, -1) to (-1, 1): 2 and 2, where outputs are 1 and 1 from their mean.
        Assert.Equal(2.0, line["change"], 1e-6);
    }

    [Fact]
    public void Try_ItemsWithoutPositions_HasNothingToTry() =>
        Assert.Empty(
            ProbeRunner.Run(new ShiftsProbe(), Labelled(new Linear(4, 2).Initialize(1), 2, Batch(Tensor.Ones([6, 4]))))
        );

    [Fact]
    public void Try_ItemsWithoutClass_HasTheChangeAlone()
    {
        ProbeContext labelled = Labelled(TinyNet.Create(), 0, [.. Loader().Epoch(0)]);
        MeasuredProbe line = One(new ShiftsProbe(), labelled);
        Assert.True(
            double.IsNaN(line["same"]) && line["change"] > 0.0,
            $"same {line["same"]}, change {line["change"]}"
        );
    }

    private static Conv2d Circular(int inChannels, int outChannels) =>
        new(inChannels, outChannels, 3, padding: 1, paddingMode: PaddingMode.Circular);

    private static Fovea.Data.Batch Batch(Tensor input) => BatchOf(input, new long[input.Shape[0]]);
}
