namespace Fovea.Tests;

public sealed class NormalExpectationTests
{
    private static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2.0 * Math.PI);

    /// <summary>P(Z below z), by Simpson's rule.</summary>
    private static double Below(double z)
    {
        const int Steps = 2000;
        double step = z / Steps,
            sum = Density(0.0) + Density(z);
        for (int i = 1; i < Steps; i++)
        {
            sum += Density(i * step) * (i % 2 == 1 ? 4.0 : 2.0);
        }

        return 0.5 + (sum * step / 3.0);
    }

    public static TheoryData<double, double, double> Inputs =>
        new()
        {
            { 0.0, 0.0, 1.0 },
            { 0.0, 0.0, 0.01 },
            { 0.3, 0.0, 2.0 },
            { -0.7, 0.0, 1.0 },
            { 0.0, 1.0, 1.0 },
            { 0.0, 1.0, 0.01 },
            { 0.5, 2.0, 0.1 },
            { -1.0, 0.01, 1.0 },
            { 0.21, 1.0, 0.0 },
        };

    [Theory, MemberData(nameof(Inputs))]
    public void Of_ReLU_HasTheClosedForm(double mean, double channels, double variance)
    {
        double total = Math.Sqrt(channels + variance),
            at = mean / total;
        double expected = (mean * Below(at)) + (total * Density(at)),
            square = (((mean * mean) + (total * total)) * Below(at)) + (mean * total * Density(at));
        Signal got = NormalExpectation.Of(new Signal(mean, channels, variance), z => Math.Max(0.0, z));
        RequireNear("mean", expected, got.Mean, 2e-4 * total);
        RequireNear("mean square", square, got.MeanSquare, 2e-4 * total * total);
        Assert.True(
            channels > 0.0 || got.ChannelVariance < 1e-12,
            $"channels differ though their inputs do not: {got}"
        );
    }

    [Theory, MemberData(nameof(Inputs))]
    public void MeanSquare_Step_IsTheProbability(double mean, double channels, double variance)
    {
        double total = Math.Sqrt(channels + variance);
        RequireNear(
            "P(x above 0)",
            Below(mean / total),
            NormalExpectation.MeanSquare(new Signal(mean, channels, variance), z => z > 0.0 ? 1.0 : 0.0),
            5e-4
        );
    }

    [Theory, MemberData(nameof(Inputs))]
    public void Of_LinearAndSquare_SplitChannelsAndItems(double mean, double channels, double variance)
    {
        Signal x = new(mean, channels, variance),
            line = NormalExpectation.Of(x, (double z) => (2.0 * z) + 1.0),
            square = NormalExpectation.Of(x, (double z) => z * z);
        RequireNear("mean of a line", (2.0 * mean) + 1.0, line.Mean, 1e-6);
        RequireNear("channels of a line", 4.0 * channels, line.ChannelVariance, 1e-6);
        RequireNear("items of a line", 4.0 * variance, line.Variance, 1e-6);
        RequireNear("mean of a square", (mean * mean) + channels + variance, square.Mean, 1e-6);
        RequireNear(
            "channels of a square",
            (4.0 * mean * mean * channels) + (2.0 * channels * channels),
            square.ChannelVariance,
            1e-5
        );
        RequireNear(
            "items of a square",
            (4.0 * ((mean * mean) + channels) * variance) + (2.0 * variance * variance),
            square.Variance,
            1e-5
        );
    }

    [Fact]
    public void Of_ReLUOfChannels_SplitsLikeSampling()
    {
        // Of relu(c + z) given c the mean is c P(c/s) + s density(c/s); its variance over c by a fine sum.
        foreach ((double channels, double variance) in new[] { (1.0, 1.0), (2.0, 0.05), (0.05, 2.0) })
        {
            double s = Math.Sqrt(variance),
                mean = 0.0,
                square = 0.0;
            for (int i = 0; i < 2000; i++)
            {
                double z = -8.0 + ((i + 0.5) * 0.008),
                    c = Math.Sqrt(channels) * z,
                    given = (c * Below(c / s)) + (s * Density(c / s)),
                    weight = Density(z) * 0.008;
                mean += weight * given;
                square += weight * given * given;
            }

            Signal got = NormalExpectation.Of(new Signal(0.0, channels, variance), z => Math.Max(0.0, z));
            RequireNear(
                $"channels of ReLU at {channels}, {variance}",
                square - (mean * mean),
                got.ChannelVariance,
                1e-3 * channels
            );
        }
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-8)]
    [InlineData(1e-12)]
    public void Of_ReLUOfAlmostEqualItems_KeepsTheirSmallPart(double variance)
    {
        Signal items = NormalExpectation.Of(new Signal(0.0, 1.0, variance), z => Math.Max(0.0, z)),
            channels = NormalExpectation.Of(new Signal(0.0, variance, 1.0), z => Math.Max(0.0, z));
        RequireNear("items, half of which pass", 0.5 * variance, items.Variance, 0.02 * variance);
        RequireNear(
            "channels, half of whose shift passes: a quarter of the variance",
            0.25 * variance,
            channels.ChannelVariance,
            0.02 * variance
        );
    }

    [Fact]
    public void Of_SmoothFunctions_HaveTheClosedForms()
    {
        Signal exponential = NormalExpectation.Of(new Signal(0.2, 0.3, 0.5), Math.Exp);
        RequireNear("mean of exp", Math.Exp(0.2 + 0.4), exponential.Mean, 1e-6);
        RequireNear(
            "channels of exp",
            Math.Exp(0.4 + 0.5 + 0.3) * (Math.Exp(0.3) - 1.0),
            exponential.ChannelVariance,
            1e-5
        );
        RequireNear(
            "mean of cos",
            Math.Cos(1.0) * Math.Exp(-0.5),
            NormalExpectation.Of(new Signal(1.0, 0.0, 1.0), Math.Cos).Mean,
            1e-7
        );
        Signal constant = NormalExpectation.Of(new Signal(0.7, 0.0, 0.0), (double z) => z * z);
        RequireNear("a constant's square", 0.49, constant.Mean, 1e-12);
        RequireNear("a constant's variance", 0.0, constant.Variance + constant.ChannelVariance, 1e-12);
    }

    /// <summary>Means and variances of the largest of n: Teichroew 1956, Tables of expected values of order
    /// statistics.</summary>
    [Theory]
    [InlineData(2, 0.56419, 0.68169)]
    [InlineData(4, 1.02938, 0.49172)]
    [InlineData(9, 1.48501, 0.35735)]
    [InlineData(16, 1.76599, 0.29498)]
    public void Largest_OfNormals_HasThePublishedMoments(int count, double mean, double variance)
    {
        Signal got = NormalExpectation.Largest(new Signal(0.5, 0.3, 4.0), count);
        RequireNear("mean", 0.5 + (2.0 * mean), got.Mean, 1e-3);
        RequireNear("variance", 4.0 * variance, got.Variance, 2e-3);
        RequireNear("channels", 0.3, got.ChannelVariance, 1e-12);
    }

    [Fact]
    public void Largest_BehindReLU_AgreesWithSampling()
    {
        Rng rng = new(17);
        foreach ((double channels, double variance, int count) in new[] { (0.0, 1.0, 4), (0.0, 1.0, 9), (0.5, 0.5, 4) })
        {
            Signal before = new(0.0, channels, variance),
                relu = NormalExpectation.Of(before, z => Math.Max(0.0, z)) with { BeforeActivation = before };
            double sum = 0.0,
                squares = 0.0;
            const int Draws = 200_000;
            for (int i = 0; i < Draws; i++)
            {
                double channel = Math.Sqrt(channels) * rng.NextNormal(),
                    most = 0.0;
                for (int k = 0; k < count; k++)
                {
                    most = Math.Max(most, channel + (Math.Sqrt(variance) * rng.NextNormal()));
                }

                sum += most;
                squares += most * most;
            }

            Signal got = NormalExpectation.Largest(relu, count);
            RequireNear($"mean of {count} at {before}", sum / Draws, got.Mean, 0.01 * sum / Draws);
            RequireNear($"mean square of {count} at {before}", squares / Draws, got.MeanSquare, 0.02 * squares / Draws);
        }
    }

    private static void RequireNear(string what, double expected, double got, double tolerance) =>
        Assert.True(
            Math.Abs(expected - got) <= tolerance,
            FormattableString.Invariant(
                $"{what}: expected {expected:G8}, got {got:G8}, off by {Math.Abs(expected - got):G3}, allowed {tolerance:G3}"
            )
        );
}
