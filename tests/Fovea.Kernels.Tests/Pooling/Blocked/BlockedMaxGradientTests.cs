using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The gradient of a maximum on blocked maps against that on planes: of whole numbers with many equal values, where
/// the first wins.</summary>
public sealed unsafe class BlockedMaxGradientTests
{
    [Fact]
    public void Run_WindowsOfAnyKind_EqualsPlanesBitForBit()
    {
        Rng root = new(20261201);
        for (int i = 0; i < 200; i++)
        {
            Rng rng = root.Split((ulong)i);
            PoolAxis height = Axis(rng),
                width = Axis(rng);
            int channels = 1 + rng.Next(40);
            PoolGeometry g = new(channels, PoolAxis.None, height, width);
            float[] x = BlockedData.Integers((long)channels * g.InPlane, 2, rng),
                dy = BlockedData.Integers((long)channels * g.OutPlane, 5, rng),
                y = new float[dy.Length],
                expected = new float[x.Length];
            int[] winners = new int[dy.Length];
            fixed (
                float* px = x,
                    pdy = dy,
                    py = y,
                    pdx = expected
            )
            fixed (int* argmax = winners)
            {
                MaxPooling<float>.Reference(g, px, py, argmax);
                MaxPooling<float>.Backward(g, argmax, pdy, pdx);
            }

            BlockedLayout input = new(channels, 1, height.In, width.In),
                output = new(channels, 1, height.Out, width.Out);
            (BlockedLayout lx, BlockedLayout ly) = (BlockedData.Widen(input, rng), BlockedData.Widen(output, rng));
            using GuardedMap mapX = new(lx, x),
                mapY = new(ly, y),
                mapDy = new(output, dy);
            foreach (int bits in BlockedData.Widths)
            {
                using GuardedMap mapDx = new(lx);
                BlockedMaxGradient gradient = new(g, lx, ly, output, lx, bits);
                for (int block = 0; block < lx.Blocks; block++)
                {
                    gradient.Run(mapX.Pointer, mapY.Pointer, mapDy.Pointer, mapDx.Pointer, block);
                }

                string what =
                    $"draw {i}: {channels} channels, {height.In}x{width.In} to {height.Out}x{width.Out}, {bits} bits";
                BlockedData.AssertSame(what, expected, mapDx.ToPlanes());
                mapDx.AssertOnlyPixelsAreWritten(what);
            }
        }
    }

    private static PoolAxis Axis(Rng rng)
    {
        while (true)
        {
            int kernel = 1 + rng.Next(3);
            WindowAxis axis = new(
                1 + rng.Next(12),
                kernel,
                1 + rng.Next(3),
                1 + rng.Next(2),
                rng.Next(kernel),
                rng.Next(kernel)
            );
            if (axis.Padded >= axis.Extent)
            {
                PoolAxis pool = PoolAxis.Sliding(axis, PaddingMode.Zeros, axis.PadAfter, countZeros: true);
                if (pool.EveryWindowHasInput)
                {
                    return pool;
                }
            }
        }
    }
}
