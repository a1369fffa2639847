using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Normalization of blocked maps against sums in double, at every vector width, from tiny to huge values.</summary>
public sealed unsafe class BlockedNormalizationTests
{
    public static TheoryData<double, double> Values =>
        new()
        {
            { 0, 1 },
            { 1000, 1e-3 },
            { 0, 1e-30 },
            { 0, 1e25 },
            { -5, 0 },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public void Moments_OfAnyScale_AreThoseOfDoubles(double mean, double deviation)
    {
        foreach ((BlockedLayout layout, int bits) in Layouts())
        {
            (float[] planes, _) = Draw(layout, mean, deviation, 1);
            using GuardedMap map = new(layout, planes);
            Moments[] moments = new Moments[TileCall.Block];
            for (int block = 0; block < layout.Blocks; block++)
            {
                BlockedNormalization.Moments(
                    layout,
                    map.Pointer + ((long)block * layout.Plane),
                    moments,
                    epsilon: 0,
                    bits
                );
                for (int lane = 0; lane < TileCall.Block && (block * 16) + lane < layout.Channels; lane++)
                {
                    double[] own = Channel(planes, layout, (block * 16) + lane);
                    double average = own.Average(),
                        squares = own.Sum(v => (v - average) * (v - average));
                    string what = $"channel {(block * 16) + lane} of {layout}, {bits} bits";
                    Near(average, moments[lane].Mean, 1e-6 * (Math.Abs(mean) + deviation), $"mean of {what}");
                    Near(squares, moments[lane].Squares, 2e-4 * squares + 1e-12 * mean * mean, $"squares of {what}");
                }
            }
        }
    }

    [Fact]
    public void Normalize_ThenGradient_AreThoseOfTheFormulas()
    {
        foreach ((BlockedLayout layout, int bits) in Layouts())
        {
            (float[] x, float[] dy) = Draw(layout, 2, 3, 2);
            (float[] add, _) = Draw(layout, 0, 1, 3);
            using GuardedMap mapX = new(layout, x),
                mapDy = new(layout, dy),
                mapAdd = new(layout, add),
                mapY = new(layout),
                mapDx = new(layout);
            float[] lines = new float[layout.Blocks * 48],
                factors = new float[layout.Blocks * 64];
            for (int c = 0; c < layout.Channels; c++)
            {
                int at = (c / 16 * 48) + (c % 16),
                    to = (c / 16 * 64) + (c % 16);
                (lines[at], lines[at + 16], lines[at + 32]) = (1 + (c % 3), 0.5f, -0.25f * (c % 2));
                (factors[to], factors[to + 16], factors[to + 32], factors[to + 48]) = (lines[at], 2, -0.5f, 0.125f);
            }

            double[] sums = new double[32];
            for (int block = 0; block < layout.Blocks; block++)
            {
                NormalizationMaps maps = new()
                {
                    X = layout,
                    AtX = mapX.Pointer,
                    Dy = layout,
                    AtDy = mapAdd.Pointer,
                    Y = layout,
                    AtY = mapY.Pointer,
                    High = 1.5f,
                };
                fixed (
                    float* line = lines,
                        factor = factors
                )
                {
                    BlockedNormalization.Normalize(maps, block, line + (block * 48), 0f, bits);
                    maps.AtDy = mapDy.Pointer;
                    BlockedNormalization.Sums(maps, block, factor + (block * 64), sums, bits);
                    BlockedNormalization.Gradient(maps, layout, mapDx.Pointer, block, factor + (block * 64), bits);
                }
            }

            Check(layout, bits, (x, dy, add), (mapY.ToPlanes(), mapDx.ToPlanes()), (lines, sums));
        }
    }

    private static void Check(
        BlockedLayout layout,
        int bits,
        (float[] X, float[] Dy, float[] Add) given,
        (float[] Y, float[] Dx) got,
        (float[] Lines, double[] Sums) numbers
    )
    {
        int pixels = layout.Rows * layout.Width,
            last = (layout.Blocks - 1) * 16;
        double[] sums = new double[32];
        for (int i = 0; i < given.X.Length; i++)
        {
            int c = i / pixels,
                at = (c / 16 * 48) + (c % 16);
            double centered = given.X[i] - numbers.Lines[at],
                y = (centered * numbers.Lines[at + 16]) + numbers.Lines[at + 32] + given.Add[i];
            y = Math.Clamp(y, 0, 1.5);
            string what = $"value {i} of {layout}, {bits} bits";
            Near(y, got.Y[i], 1e-5, $"y, {what}");
            double g = got.Y[i] is > 0 and < 1.5f ? given.Dy[i] : 0;
            Near((2 * g) - (0.5 * centered) + 0.125, got.Dx[i], 1e-5, $"dx, {what}");
            if (c >= last)
            {
                sums[c - last] += g;
                sums[16 + c - last] += g * centered;
            }
        }

        for (int lane = 0; lane < layout.Channels - last; lane++)
        {
            Near(sums[lane], numbers.Sums[lane], 1e-4, $"sum of lane {lane} of {layout}, {bits} bits");
            Near(sums[16 + lane], numbers.Sums[16 + lane], 1e-3, $"product of lane {lane} of {layout}, {bits} bits");
        }
    }

    private static IEnumerable<(BlockedLayout Layout, int Bits)> Layouts() =>
        from bits in BlockedData.Widths
        from layout in new BlockedLayout[] { new(20, 1, 9, 17), new(33, 2, 5, 7, 0, 1, 1, 0, 2, 1), new(16, 1, 1, 300) }
        select (layout, bits);

    private static (float[] A, float[] B) Draw(BlockedLayout layout, double mean, double deviation, ulong seed)
    {
        Rng rng = new(seed);
        int count = layout.Channels * layout.Rows * layout.Width;
        float[] Of(double m, double d) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)(m + (d * rng.NextNormal())))];
        return (Of(mean, deviation), Of(0, 1));
    }

    private static double[] Channel(float[] planes, BlockedLayout layout, int channel)
    {
        int pixels = layout.Rows * layout.Width;
        return [.. planes.Skip(channel * pixels).Take(pixels).Select(v => (double)v)];
    }

    private static void Near(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(expected - actual) <= tolerance,
            $"{what}: expected {expected:E6}, got {actual:E6}, more than {tolerance:E1} apart"
        );
}
