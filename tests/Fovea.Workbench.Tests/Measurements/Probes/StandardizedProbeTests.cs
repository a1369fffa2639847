using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class StandardizedProbeTests
{
    // y = w x, target 0, loss y²: a step multiplies w by 1 - 2 eta mean x². Inputs of 0.01 standardize to 1.
    [Fact]
    public void Try_InputsTooSmall_LearnsFasterFromStandardizedOnes()
    {
        Linear line = new(1, 1, bias: false);
        line.Weight.CopyFrom(Tensor.From([1f], [1, 1]));
        Fovea.Data.Batch batch = BatchOf(Tensor.From([0.01f, -0.01f, 0.01f, -0.01f], [4, 1]), new long[4]);
        ProbeContext context = new()
        {
            Model = line,
            Optimizer = new SGD(line, 0.05),
            Loss = (outputs, _) => outputs[0].Square().Mean(),
            Train = [batch],
            Coming = n => [.. Enumerable.Repeat(batch, n)],
        };

        MeasuredProbe found = One(new StandardizedProbe(), context);

        AssertNear(1e-4 * Math.Pow(1 - (2 * 0.05 * 1e-4), 40), found["loss"], 1e-5);
        AssertNear(Math.Pow(1 - (2 * 0.05), 40), found["standardized"], 1e-4);
    }

    [Fact]
    public void Try_ChannelsOfDifferentScale_GetMeanZeroAndDeviationOneEach()
    {
        List<Tensor> seen = [];
        Lambda identity = new(x =>
        {
            seen.Add(x);
            return x;
        });
        Sequential model = new(identity, new Conv1d(2, 1, 1));
        Tensor inputs = Tensor.Normal([16, 2, 8], rng: new Rng(1)) * Tensor.From([100f, 0.1f], [1, 2, 1]) + 7.0;
        Fovea.Data.Batch batch = BatchOf(inputs, new long[16]);
        ProbeContext context = new()
        {
            Model = model,
            Optimizer = new SGD(model, 0.0),
            Loss = (outputs, _) => outputs[0].Square().Mean(),
            Train = [batch],
            Coming = _ => [batch],
        };

        One(new StandardizedProbe(), context);

        Tensor last = seen[^1];
        Assert.All(last.Mean([0, 2]).ToArray(), m => Assert.Equal(0.0, m, 1e-4));
        Assert.All(last.Std([0, 2], correction: 0).ToArray(), d => Assert.Equal(1.0, d, 1e-4));
    }
}
