using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class ModeGapProbeTests
{
    // Of ones, half dropped and the others doubled, the mean square is 2, with a standard deviation of 2 an element.
    [Fact]
    public void Try_HalfOfTheUnitsDropped_DoublesTheMeanSquare()
    {
        ProbeContext context = new()
        {
            Model = new Sequential(new Dropout(0.5)),
            Loss = (outputs, _) => outputs[0].Square().Mean(),
            Train = [BatchOf(Tensor.Ones([4096, 1]), new long[4096])],
        };

        MeasuredProbe line = One(new ModeGapProbe(), context);

        Assert.Equal(1.0, line["evaluation"], 1e-9);
        Assert.Equal(2.0, line["training"], 5 * 2 / 64.0);
        Assert.InRange(line["error"], 0.6 * 2 / 64.0, 1.5 * 2 / 64.0);
    }

    [Fact]
    public void Try_StaleStatistics_AreSeen()
    {
        // Normalized by the batch the mean square is 1; by a running variance of 4 instead of 1 it is a quarter.
        BatchNorm1d norm = new(1);
        norm.RunningVariance!.Fill(4.0);
        ProbeContext context = new()
        {
            Model = new Sequential(norm),
            Loss = (outputs, _) => outputs[0].Square().Mean(),
            Train = [BatchOf(Tensor.From([1f, -1f, 1f, -1f], [4, 1]), new long[4])],
        };

        MeasuredProbe line = One(new ModeGapProbe(), context);

        AssertNear(1.0, line["training"], 1e-4);
        AssertNear(0.25, line["evaluation"], 1e-4);
    }
}
