using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class MixingProbeTests
{
    // y = x + mean over the batch / 2: of 8 items another's share of the gradient is (1/16) / (1 + 1/16).
    [Fact]
    public void Try_MeanOverTheBatchAdded_LeaksItsShare()
    {
        Lambda mixed = new(x => x + (x.Mean([0], keepDims: true) * 0.5));

        MeasuredProbe line = One(new MixingProbe(), Labelled(mixed, 0, Items(8)));

        AssertNear(1.0 / 17.0, line["leak"] / line["own"], 1e-5);
        Assert.InRange(line["reordered"], 0, 1e-5);
    }

    [Fact]
    public void Try_EachItemAddedToTheNext_ChangesWithTheOrder()
    {
        Lambda mixed = new(x => x + x.Roll(1, 0));

        MeasuredProbe line = One(new MixingProbe(), Labelled(mixed, 0, Items(8)));

        AssertNear(1.0, line["leak"] / line["own"], 1e-6);
        Assert.True(line["reordered"] > 0.1, $"{line["reordered"]}");
    }

    [Fact]
    public void Try_HealthyNetwork_LeaksNothingAtAll()
    {
        MeasuredProbe line = One(new MixingProbe(), Training());

        Assert.Equal(0.0, line["leak"]);
        Assert.True(line["own"] > 0, $"{line["own"]}");
        Assert.InRange(line["reordered"] / line["scale"], 0, 1e-5);
    }

    [Fact]
    public void Try_DropoutThatStaysInTraining_AnswersOtherwiseWhenAskedAgain()
    {
        Dropout drop = new(0.5);

        MeasuredProbe line = One(
            new MixingProbe(),
            Labelled(
                new Lambda(x =>
                {
                    drop.Train();
                    return drop.Forward(x);
                }),
                0,
                Items(8)
            )
        );

        Assert.True(line["again"] > 0.1 * line["scale"], $"{line["again"]}");
        Assert.Equal(0.0, One(new MixingProbe(), Training())["again"]);
    }

    private static Fovea.Data.Batch Items(int count) =>
        BatchOf(Tensor.Normal([count, 3], rng: new Rng(1)), new long[count]);
}
