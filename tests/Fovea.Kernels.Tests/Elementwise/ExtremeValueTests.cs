namespace Fovea.Kernels.Tests;

/// <summary>Every elementwise function and its derivative at points from 0 over subnormal numbers to infinity, in float
/// and double, against its definition.</summary>
public sealed class ExtremeValueTests
{
    private static readonly double[] Sizes =
    [
        0,
        float.Epsilon,
        1e-40,
        1.2e-38,
        1e-30,
        1e-23,
        1e-20,
        1e-10,
        1e-5,
        1e-3,
        0.1,
        0.5,
        0.75,
        1,
        1.2,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        19,
        20,
        21,
        22,
        25,
        30,
        40,
        41,
        50,
        70,
        80,
        87,
        88,
        89,
        90,
        95,
        100,
        103,
        104,
        105,
        120,
        200,
        500,
        700,
        708,
        710,
        744,
        746,
        1000,
        1e4,
        1e6,
        1e10,
        1e15,
        1.8e19,
        6e19,
        1e20,
        1e25,
        1e30,
        1e37,
        6e37,
        3e38,
        float.MaxValue,
        double.PositiveInfinity,
        double.NaN,
    ];

    private static readonly double[] WideSizes =
    [
        double.Epsilon,
        1e-310,
        1e-300,
        1e-160,
        1e60,
        1e155,
        1e200,
        1e300,
        double.MaxValue,
    ];

    public static TheoryData<string> Names => [.. FunctionTruths.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Float_ExtremePoints_FollowTheDefinition(string name)
    {
        double[] points = [.. Both(Sizes).Select(x => (double)(float)x)];
        FunctionTruth truth = FunctionTruths.All[name];
        AssertFollows(
            $"{name} in float",
            truth,
            points,
            truth.Single(points),
            new Precision(2e-6, 1.2e-7, float.MaxValue, 1.1754944e-38)
        );
    }

    [Theory, MemberData(nameof(Names))]
    public void Double_ExtremePoints_FollowTheDefinition(string name)
    {
        double[] points = [.. Both([.. Sizes, .. WideSizes])];
        FunctionTruth truth = FunctionTruths.All[name];
        AssertFollows(
            $"{name} in double",
            truth,
            points,
            truth.Double(points),
            new Precision(1e-14, 2.3e-16, double.MaxValue, 2.2250738585072014e-308)
        );
    }

    private static IEnumerable<double> Both(double[] sizes) => sizes.SelectMany(x => new[] { x, -x });

    private static void AssertFollows(
        string name,
        FunctionTruth truth,
        double[] points,
        (double[] Values, double[] Slopes) got,
        Precision precision
    )
    {
        List<string> wrong = [];
        for (int i = 0; i < points.Length; i++)
        {
            double x = points[i];
            if (truth.Options.Positive && !(x > 0))
            {
                continue;
            }

            double share = precision.Share * (1 + (truth.Options.Growth * Math.Min(x * x, 1e4))),
                value = truth.Value(x),
                slope = truth.Slope(x);
            bool undefined = truth.Options.HasLimit && double.IsNegativeInfinity(x) && double.IsNaN(got.Values[i]);
            if (!undefined && !precision.IsNear(value, got.Values[i], share * Math.Abs(value), x))
            {
                wrong.Add($"f({x:R}) is {got.Values[i]:R}, not {value:R}");
            }

            double rounding = (share * truth.SlopeScale(x)) + (precision.Unit * truth.Options.FromOutput);
            if (!(double.IsNaN(x) && truth.Options.HasKink) && !precision.IsNear(slope, got.Slopes[i], rounding, x))
            {
                wrong.Add($"f'({x:R}) is {got.Slopes[i]:R}, not {slope:R}");
            }
        }

        Assert.True(wrong.Count == 0, $"{name}: {string.Join("; ", wrong)}");
    }

    /// <summary>What a type of element can tell apart.</summary>
    /// <param name="Share">The error allowed, of the size of a result.</param>
    /// <param name="Unit">The rounding of an output near 1.</param>
    /// <param name="Largest">The largest finite number.</param>
    /// <param name="Smallest">The smallest normal number: below, results may be 0.</param>
    private sealed record Precision(double Share, double Unit, double Largest, double Smallest)
    {
        public bool IsNear(double expected, double actual, double error, double x)
        {
            if (double.IsNaN(expected) || double.IsNaN(actual))
            {
                return double.IsNaN(expected) == double.IsNaN(actual);
            }

            if (Math.Abs(expected) > Largest * (1 - Share))
            {
                return actual == (expected > 0 ? double.PositiveInfinity : double.NegativeInfinity)
                    || Math.Abs(actual - expected) <= error;
            }

            // A factor that is subnormal or 0 is multiplied by x where it matters.
            double lost = 2 * Smallest * Math.Clamp(Math.Abs(x), 1, 1000);
            return Math.Abs(actual - expected) <= error + lost;
        }
    }
}
