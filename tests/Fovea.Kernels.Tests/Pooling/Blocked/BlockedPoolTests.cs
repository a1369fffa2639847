using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Pools of blocked maps against the pools of planes.</summary>
public sealed unsafe class BlockedPoolTests
{
    private const int Draws = 400;

    [Fact]
    public void Pool_Maxima_EqualTheReference() =>
        ForGeometries(
            20260212,
            (what, rng, windows, from, to) =>
            {
                float[] x =
                [
                    .. BlockedData
                        .Integers((long)windows.Planes * windows.InPlane, 3, rng)
                        .Select(v =>
                            v == 3f && rng.Next(4) == 0 ? float.NaN
                            : v == -3f ? float.NegativeInfinity
                            : v
                        ),
                ];
                float[] expected = new float[windows.Planes * windows.OutPlane];
                fixed (
                    float* px = x,
                        py = expected
                )
                {
                    MaxPooling<float>.Reference(windows, px, py, null);
                }

                foreach (int bits in BlockedData.Widths)
                {
                    BlockedData.AssertSame(
                        $"{bits} bits, {what}",
                        expected,
                        Run(windows, false, 0, from, x, to, bits, what)
                    );
                }
            }
        );

    [Fact]
    public void Pool_Means_EqualTheReferenceToRounding() =>
        ForGeometries(
            20260213,
            (what, rng, windows, from, to) =>
            {
                float[] x = BlockedData.Integers((long)windows.Planes * windows.InPlane, 9, rng),
                    expected = new float[windows.Planes * windows.OutPlane];
                int divisor = rng.Next(3) == 0 ? 1 + rng.Next(9) : 0;
                fixed (
                    float* px = x,
                        py = expected
                )
                {
                    AveragePooling<float>.Reference(windows, divisor, px, py);
                }

                float[][] actual =
                [
                    .. BlockedData.Widths.Select(bits => Run(windows, true, divisor, from, x, to, bits, what)),
                ];
                for (int i = 0; i < expected.Length; i++)
                {
                    double bound = 2.0 * Math.Pow(2, -23) * Math.Abs(expected[i]); // the sum is exact; the share, the product and the reference's quotient each round once
                    Assert.True(
                        Math.Abs((double)expected[i] - actual[0][i]) <= bound,
                        $"[{i}] expected {expected[i]:R}, got {actual[0][i]:R}: {what}, divisor {divisor}"
                    );
                }

                BlockedData.AssertSame($"256 as 512 bits, {what}", actual[0], actual[1]);
                BlockedData.AssertSame($"128 as 512 bits, {what}", actual[0], actual[2]);
            }
        );

    [Fact]
    public void Pool_NotANumberAndInfinities_AreKept()
    {
        PoolAxis pairs = PoolAxis.Sliding(new WindowAxis(8, 2, 2, 1, 0, 0), PaddingMode.Zeros, 0, countZeros: true);
        PoolGeometry windows = new(1, PoolAxis.None, PoolAxis.None, pairs);
        float[] x =
        [
            float.NaN,
            1f,
            float.NegativeInfinity,
            float.NegativeInfinity,
            2f,
            float.PositiveInfinity,
            3f,
            float.NaN,
        ];
        BlockedLayout from = new(1, 1, 1, 8),
            to = new(1, 1, 1, 4);
        foreach (int bits in BlockedData.Widths)
        {
            Assert.Equal(
                [float.NaN, float.NegativeInfinity, float.PositiveInfinity, float.NaN],
                Run(windows, false, 0, from, x, to, bits, "maxima")
            );
            Assert.Equal(
                [float.NaN, float.NegativeInfinity, float.PositiveInfinity, float.NaN],
                Run(windows, true, 0, from, x, to, bits, "means")
            );
        }
    }

    private static float[] Run(
        PoolGeometry windows,
        bool mean,
        int divisor,
        BlockedLayout from,
        float[] x,
        BlockedLayout to,
        int bits,
        string what
    )
    {
        using GuardedMap px = new(from, x),
            y = new(to);
        int middle = (to.Blocks + 1) / 2;
        BlockedPooling pool = new(windows, mean, divisor, from, to, bits);
        pool.Run(px.Pointer, y.Pointer, new MapPart(0, middle, 0, to.Rows / 2));
        pool.Run(px.Pointer, y.Pointer, new MapPart(0, middle, to.Rows / 2, to.Rows));
        pool.Run(px.Pointer, y.Pointer, new MapPart(middle, to.Blocks, 0, to.Rows));
        y.AssertOnlyPixelsAreWritten(what);
        return y.ToPlanes();
    }

    private static void ForGeometries(ulong seed, Action<string, Rng, PoolGeometry, BlockedLayout, BlockedLayout> check)
    {
        Rng root = new(seed);
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = root.Split((ulong)i);
            PoolGeometry windows = new(
                1 + rng.Next(40),
                rng.Next(3) == 0 ? Axis(rng, 5) : PoolAxis.None,
                rng.Next(4) > 0 ? Axis(rng, 9) : PoolAxis.None,
                Axis(rng, 20)
            );
            BlockedLayout from = new(windows.Planes, windows.Depth.In, windows.Height.In, windows.Width.In),
                to = new(windows.Planes, windows.Depth.Out, windows.Height.Out, windows.Width.Out);
            (from, to) = i % 2 == 0 ? (BlockedData.Widen(from, rng), BlockedData.Widen(to, rng)) : (from, to);
            check(
                $"draw {i}: windows {windows.Depth.Window}, {windows.Height.Window}, {windows.Width.Window}; {from} to {to}",
                rng,
                windows,
                from,
                to
            );
        }
    }

    /// <summary>An axis each of whose windows covers input: sliding, with every kind of padding and a partial last
    /// window, or adaptive.</summary>
    private static PoolAxis Axis(Rng rng, int most)
    {
        while (true)
        {
            int size = 2 + rng.Next(most - 1),
                kernel = 1 + rng.Next(4),
                padding = rng.Next((kernel / 2) + 1);
            if (rng.Next(4) == 0)
            {
                return PoolAxis.Adaptive(size, 1 + rng.Next(size + 1));
            }

            WindowAxis axis = new(size, kernel, 1 + rng.Next(3), 1 + rng.Next(2), padding, padding + rng.Next(2)); // behind the padding asked for: room for a partial last window
            if (axis.Padded >= axis.Extent && padding < size)
            {
                PoolAxis pool = PoolAxis.Sliding(axis, (PaddingMode)rng.Next(4), padding, rng.Next(2) == 0);
                if (pool.EveryWindowHasInput)
                {
                    return pool;
                }
            }
        }
    }
}
