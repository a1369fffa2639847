namespace Fovea.Workbench.Tests;

public sealed class RidgeReadoutTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(10.0)]
    public void Fit_OneFeature_IsTheTextbookSlope(double decay)
    {
        // Primal: w = sum xy / (sum x² + s); dual weights give the same slope, w = sum x a.
        double[] x = [-2, -1, 0, 1, 2],
            y = [-4.2, -1.9, 0.3, 1.7, 4.1];
        double[,] kernel = new double[5, 5];
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                kernel[i, j] = x[i] * x[j];
            }
        }

        (double[][] weights, double error) = RidgeReadout.Fit(kernel, [y], 5, decay);

        double slope = x.Zip(y, (a, b) => a * b).Sum() / (10 + decay);
        Assert.Equal(slope, x.Zip(weights[0], (a, b) => a * b).Sum(), 10);
        // Each item left out in turn, fitted anew by the same formula.
        double left = Enumerable
            .Range(0, 5)
            .Sum(i =>
            {
                double other = Enumerable.Range(0, 5).Where(j => j != i).Sum(j => x[j] * y[j]);
                return Math.Pow(y[i] - (x[i] * other / (10 - (x[i] * x[i]) + decay)), 2);
            });
        Assert.Equal(left, error, 10);
    }

    [Fact]
    public void ShareRead_NumberThatIsAFeature_IsRead_AnotherIsNot()
    {
        Rng rng = new(2);
        float[][] features = [.. Enumerable.Range(0, 150).Select(_ => FilterStatistics.Normal(5, rng))];
        double[] own = [.. features.Select(f => (2.0 * f[1]) - f[3] + 7.0)],
            foreign = [.. Enumerable.Range(0, 150).Select(_ => rng.NextNormal())];

        Assert.True(RidgeReadout.ShareRead(features, [own], 100) > 0.999, "a sum of two features");
        Assert.True(RidgeReadout.ShareRead(features, [foreign], 100) < 0.1, "independent");
    }

    [Fact]
    public void ShareRead_FeaturesThatDoNotDiffer_GiveNothing()
    {
        float[][] features = [.. Enumerable.Range(0, 12).Select(_ => new float[] { 1, 2 })];

        Assert.Equal(
            0.0,
            RidgeReadout.ShareRead(
                features,
                [
                    [.. Enumerable.Range(0, 12).Select(i => (double)i)],
                ],
                8
            )
        );
    }
}
