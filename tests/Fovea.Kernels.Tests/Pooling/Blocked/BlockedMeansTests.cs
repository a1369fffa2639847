using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Means of whole maps, of whole numbers bit-equal to a plain sum divided.</summary>
public sealed unsafe class BlockedMeansTests
{
    private const int Draws = 300;

    [Fact]
    public void Of_AnyLayout_IsTheSumDividedAndTheSameOfSumsOfRows()
    {
        Rng root = new(20261123);
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = root.Split((ulong)i);
            int height = i % 10 == 0 ? 60 + rng.Next(80) : 1 + rng.Next(9);
            BlockedLayout layout =
                    new(1 + rng.Next(40), 1 + (rng.Next(3) == 0 ? rng.Next(3) : 0), height, 1 + rng.Next(19)),
                y = BlockedData.Widen(new(layout.Channels, 1, 1, 1), rng);
            layout = rng.Next(2) == 0 ? layout : BlockedData.Widen(layout, rng);
            int pixels = layout.Rows * layout.Width,
                divisor = rng.Next(3) == 0 ? 1 + rng.Next(9) : pixels;
            float[] planes = BlockedData.Integers((long)layout.Channels * pixels, 9, rng),
                expected = new float[layout.Channels];
            for (int c = 0; c < expected.Length; c++)
            {
                expected[c] = planes.AsSpan(c * pixels, pixels).ToArray().Sum() / divisor;
            }

            using GuardedMap x = new(layout, planes);
            foreach (int bits in BlockedData.Widths)
            {
                string what = $"draw {i}: {layout} to {y}, divided by {divisor}, {bits} bits";
                using GuardedMap mean = new(y),
                    ofSums = new(y);
                BlockedMeans.Of(layout, x.Pointer, divisor, y, mean.Pointer, 0, layout.Blocks / 2, bits);
                BlockedMeans.Of(layout, x.Pointer, divisor, y, mean.Pointer, layout.Blocks / 2, layout.Blocks, bits);
                BlockedData.AssertSame(what, expected, mean.ToPlanes());
                mean.AssertOnlyPixelsAreWritten(what);

                long plane = layout.Rows * TileCall.Block;
                using NativeBuffer sums = new(layout.Blocks * plane);
                BlockedMeans.SumRows(
                    layout,
                    x.Pointer,
                    new MapPart(0, layout.Blocks, 0, layout.Rows / 2),
                    sums.Pointer,
                    plane,
                    bits
                );
                BlockedMeans.SumRows(
                    layout,
                    x.Pointer,
                    new MapPart(0, layout.Blocks, layout.Rows / 2, layout.Rows),
                    sums.Pointer,
                    plane,
                    bits
                );
                BlockedMeans.OfSums(
                    sums.Pointer,
                    plane,
                    layout.Rows,
                    divisor,
                    y,
                    ofSums.Pointer,
                    0,
                    layout.Blocks,
                    bits
                );
                BlockedData.AssertSame($"of sums of rows, {what}", expected, ofSums.ToPlanes());
                Assert.True(sums.GuardsAreIntact(), $"wrote outside the sums: {what}");
            }
        }
    }
}
