using Fovea.Data;
using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class BatchNormProbeTests
{
    // A normalization of the inputs themselves, so that the right statistics are those of the inputs.
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.003)]
    [InlineData(1.0)]
    [InlineData(null)]
    public void Try_StaleStatistics_FindsThoseOfTheBatches(double? momentum)
    {
        BatchNorm1d norm = new(2, momentum: momentum);
        norm.RunningMean!.CopyFrom(Tensor.From([3f, 0f], [2]));
        norm.RunningVariance!.CopyFrom(Tensor.From([1f, 16f], [2]));
        Batch[] batches = Batches();
        ProbeContext context = Squared(new Sequential(norm), batches);

        MeasuredProbe line = One(new BatchNormProbe(), context);

        (double[] means, double[] variances) = Statistics(batches);
        double drift = 0,
            varianceDrift = 0;
        for (int c = 0; c < 2; c++)
        {
            double off = (c == 0 ? 3.0 : 0.0) - means[c];
            drift += off * off / variances[c] / 2;
            varianceDrift += Math.Log((c == 0 ? 1.0 : 16.0) / variances[c]) / 2;
        }

        AssertNear(drift, line["drift"], 1e-3);
        AssertNear(varianceDrift, line["varianceDrift"], 1e-3);
        AssertNear(Expected(batches, [3, 0], [1, 16]), line["loss"], 1e-5);
        AssertNear(Expected(batches, means, variances), line["reestimated"], 1e-3);
        Assert.True(line["error"] > 0, $"{line["error"]}");
    }

    [Fact]
    public void Try_NoRunningStatistics_HasNothingToSay()
    {
        ProbeContext context = Squared(new Sequential(new BatchNorm1d(2, trackRunningStats: false)), Batches());

        Assert.Empty(ProbeRunner.Run(new BatchNormProbe(), context));
    }

    [Fact]
    public void Try_FrozenNormalization_HasNothingToSay()
    {
        BatchNorm1d norm = new(2);
        norm.Freeze();

        Assert.Empty(ProbeRunner.Run(new BatchNormProbe(), Squared(new Sequential(norm), Batches())));
    }

    private static ProbeContext Squared(Module model, Batch[] batches) =>
        new()
        {
            Model = model,
            Loss = (outputs, _) => outputs[0].Square().Mean(),
            Train = batches,
        };

    private static Batch[] Batches()
    {
        Rng rng = new(4);
        return [.. Enumerable.Range(0, 8).Select(_ => BatchOf(Tensor.Normal([32, 2], 1.0, 2.0, rng), new long[32]))];
    }

    /// <summary>Means over batches of each batch's mean and unbiased variance.</summary>
    private static (double[] Means, double[] Variances) Statistics(Batch[] batches)
    {
        double[] means = new double[2],
            variances = new double[2];
        foreach (double[] x in batches.Select(b => b.Inputs.ToArray<double>()))
        {
            for (int c = 0; c < 2; c++)
            {
                double[] channel = [.. x.Where((_, i) => i % 2 == c)];
                double mean = channel.Average();
                means[c] += mean / batches.Length;
                variances[c] += channel.Sum(v => (v - mean) * (v - mean)) / (channel.Length - 1) / batches.Length;
            }
        }

        return (means, variances);
    }

    private static double Expected(Batch[] batches, double[] means, double[] variances) =>
        batches
            .SelectMany(b => b.Inputs.ToArray<double>().Select((v, i) => (v - means[i % 2], variances[i % 2] + 1e-5)))
            .Average(v => v.Item1 * v.Item1 / v.Item2);
}
