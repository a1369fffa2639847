namespace Fovea.Kernels.Tests;

public sealed unsafe class AveragePoolingTests
{
    [Fact]
    public void ForwardAndBackward_ByRowsAndGlobal_MatchTheReference()
    {
        for (int tile = 1; tile <= 5; tile++)
        {
            for (int width = tile; width <= 23; width++)
            {
                PoolAxis axis = PoolAxis.Sliding(
                    new WindowAxis(width, tile, tile, 1, 0, 0),
                    PaddingMode.Zeros,
                    0,
                    countZeros: true
                );
                PoolGeometry plain = new(3, PoolAxis.None, axis, axis),
                    deep = new(2, axis, PoolAxis.Adaptive(4, 2), axis);
                PoolAxis padded = PoolAxis.Sliding(
                    new WindowAxis(width, tile, 2, 1, tile / 2, tile / 2),
                    PaddingMode.Zeros,
                    tile / 2,
                    countZeros: false
                );
                Compare(plain, 0);
                Compare(deep, 7);
                Compare(new PoolGeometry(2, PoolAxis.None, padded, padded), 0);
            }
        }

        PoolGeometry global = new(3, PoolAxis.None, PoolAxis.None, PoolAxis.Adaptive(1000, 1));
        Assert.True(global.IsGlobal);
        Compare(global, 0);
    }

    [Fact]
    public void Adaptive_Windows_FollowFloorAndCeiling()
    {
        PoolAxis axis = PoolAxis.Adaptive(7, 3);
        Assert.Equal([0, 1, 2], axis.Taps(0).ToArray());
        Assert.Equal([2, 3, 4], axis.Taps(1).ToArray());
        Assert.Equal([4, 5, 6], axis.Taps(2).ToArray());
        Assert.Equal([0, 1], PoolAxis.Adaptive(2, 5).Taps(2).ToArray());
    }

    private static void Compare(PoolGeometry geometry, int divisor)
    {
        Random random = new(3);
        int inputs = geometry.Planes * geometry.InPlane,
            outputs = geometry.Planes * geometry.OutPlane;
        float[] x = [.. Enumerable.Range(0, inputs).Select(_ => random.NextSingle() - 0.5f)],
            dy = [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle() - 0.5f)];
        float[] expected = new float[outputs],
            actual = new float[outputs],
            expectedDx = new float[inputs],
            actualDx = new float[inputs];
        fixed (
            float* px = x,
                pdy = dy,
                pe = expected,
                pa = actual,
                ped = expectedDx,
                pad = actualDx
        )
        {
            AveragePooling<float>.Reference(geometry, divisor, px, pe);
            AveragePooling<float>.Forward(geometry, divisor, px, pa);
            AveragePooling<float>.ReferenceBackward(geometry, divisor, pdy, ped);
            AveragePooling<float>.Backward(geometry, divisor, pdy, pad);
        }

        for (int i = 0; i < outputs; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 2e-6,
                $"tile {geometry.Width.Tile}, output {i}: expected {expected[i]}, got {actual[i]}"
            );
        }

        for (int i = 0; i < inputs; i++)
        {
            Assert.True(
                Math.Abs(expectedDx[i] - actualDx[i]) <= 2e-6,
                $"tile {geometry.Width.Tile}, input {i}: expected {expectedDx[i]}, got {actualDx[i]}"
            );
        }
    }
}
