namespace Fovea.Data;

/// <summary>Draws from the symmetric Beta distribution.</summary>
internal static class BetaDistribution
{
    /// <summary>A number 0..1 from Beta(alpha, alpha), as the ratio of two gamma draws.</summary>
    public static double Draw(double alpha, Rng rng)
    {
        double a = LogGamma(alpha, rng),
            b = LogGamma(alpha, rng);
        return 1 / (1 + Math.Exp(b - a)); // in logarithms: for a small alpha both gammas can be too small for a double
    }

    /// <summary>The logarithm of a draw from Gamma(shape, 1): Marsaglia and Tsang 2000, with their step from shape + 1
    /// down to a shape below 1.</summary>
    private static double LogGamma(double shape, Rng rng)
    {
        if (shape < 1)
        {
            return LogGamma(shape + 1, rng) + (Math.Log(1 - rng.NextDouble()) / shape);
        }

        double d = shape - (1.0 / 3),
            c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = rng.NextNormal(),
                v = 1 + (c * x);
            v = v * v * v;
            if (v > 0 && Math.Log(1 - rng.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v);
            }
        }
    }
}
