using Fovea.Data;
using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

/// <summary>Probes that compare the loss in evaluation under a change of the data.</summary>
public sealed class EvaluationProbeTests
{
    // Scores that say the class, 4 to 0: the loss is ln(1 + e^-4) where it is right and 4 more where it is not.
    private static readonly double Known = Math.Log(1 + Math.Exp(-4));

    [Fact]
    public void Permuted_ScoresThatSayTheClass_CostsTheirDifference()
    {
        // Two items a batch: the only cycle is the exchange.
        MeasuredProbe line = One(new PermutedTargetsProbe(), Labelled(new Lambda(x => x), 2, Pair(), Pair()));

        AssertNear(Known, line["loss"], 1e-5);
        AssertNear(Known + 4, line["permuted"], 1e-6);
        Assert.Equal(0.0, line["error"], 1e-6);
    }

    [Fact]
    public void Permuted_LossOfTheMeanTarget_IsEqual()
    {
        Batch batch = new(
            Tensor.Normal([6, 1], rng: new Rng(1)),
            Tensor.Normal([6], rng: new Rng(2)),
            [0, 1, 2, 3, 4, 5]
        );
        ProbeContext context = new()
        {
            Model = new Lambda(x => x),
            Loss = (outputs, targets) => (outputs[0] - targets[0].Mean()).Square().Mean(),
            Train = [batch],
        };

        MeasuredProbe line = One(new PermutedTargetsProbe(), context);

        AssertNear(line["loss"], line["permuted"], 1e-6);
    }

    [Fact]
    public void Permuted_ManyItems_LeavesNoneItsOwn()
    {
        // Each item's score says its own label among 16: with none left in place every item costs the same.
        long[] labels = [.. Enumerable.Range(0, 16).Select(i => (long)i)];
        Batch batch = BatchOf(Tensor.Eye(16) * 4.0, labels);

        MeasuredProbe line = One(new PermutedTargetsProbe(), Labelled(new Lambda(x => x), 16, batch));

        AssertNear(line["loss"] + 4.0, line["permuted"], 1e-6);
    }

    [Fact]
    public void Zeroed_ScoresThatSayTheClass_FallsToChance()
    {
        MeasuredProbe line = One(new ZeroedInputProbe(), Labelled(new Lambda(x => x), 2, Pair(), Pair()));

        AssertNear(Known, line["loss"], 1e-5);
        AssertNear(Math.Log(2), line["zeroed"], 1e-6);
        Assert.Equal((4.0, 2.0, 4.0), (line["right"], line["zeroedRight"], line["items"]));
    }

    [Fact]
    public void Zeroed_NetworkWithoutUseOfItsInput_IsEqual()
    {
        Lambda constant = new(x => (x * 0.0) + 1.0);

        MeasuredProbe line = One(new ZeroedInputProbe(), Labelled(constant, 2, Pair()));

        Assert.Equal(line["loss"], line["zeroed"]);
        Assert.Equal(line["right"], line["zeroedRight"]);
    }

    [Fact]
    public void Reordered_FirstChannelLessLast_ChangesItsSign()
    {
        // Channels 3, 0, 1: the output is 2, and -2 in the opposite order; the loss is the square of what lacks from 2.
        Tensor inputs = Tensor.From([3f, 0f, 1f, 3f, 0f, 1f], [2, 3, 1]);
        ProbeContext context = new()
        {
            Model = new Lambda(x => x.Narrow(1, 0, 1) - x.Narrow(1, 2, 1)),
            Loss = (outputs, _) => (outputs[0] - 2.0).Square().Mean(),
            Train = [BatchOf(inputs, [0, 0])],
        };

        MeasuredProbe line = One(new ReorderedChannelsProbe(), context);

        Assert.Equal((0.0, 16.0), (line["loss"], line["reordered"]));
    }

    [Fact]
    public void Reordered_OneChannel_HasNothingToSay() =>
        Assert.Empty(ProbeRunner.Run(new ReorderedChannelsProbe(), Training()));

    /// <summary>An item of each of two classes, whose input is its scores.</summary>
    private static Batch Pair() => BatchOf(Tensor.From([4f, 0f, 0f, 4f], [2, 2]), [0, 1]);
}
