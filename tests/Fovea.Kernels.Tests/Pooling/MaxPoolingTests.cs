namespace Fovea.Kernels.Tests;

public sealed unsafe class MaxPoolingTests
{
    /// <summary>Kernel, stride, dilation, padding along the width.</summary>
    public static TheoryData<int, int, int, int> Windows =>
        new()
        {
            { 2, 2, 1, 0 },
            { 3, 2, 1, 1 },
            { 3, 1, 1, 1 },
            { 3, 2, 1, 0 },
            { 5, 1, 1, 2 },
            { 3, 2, 2, 1 },
            { 2, 1, 3, 1 },
            { 1, 2, 1, 0 },
        };

    [Theory, MemberData(nameof(Windows))]
    public void Forward_AnyWidth_EqualsReferenceInValueAndWinner(int kernel, int stride, int dilation, int padding)
    {
        foreach (PaddingMode mode in new[] { PaddingMode.Zeros, PaddingMode.Replicate })
        {
            for (int width = 8; width <= 70; width++)
            {
                WindowAxis axis = new(width, kernel, stride, dilation, padding, padding);
                PoolAxis height = PoolAxis.Sliding(
                    new WindowAxis(5, kernel, 1, 1, padding, padding),
                    mode,
                    padding,
                    countZeros: false
                );
                Compare(
                    new PoolGeometry(
                        3,
                        PoolAxis.None,
                        height,
                        PoolAxis.Sliding(axis, mode, padding, countZeros: false)
                    ),
                    $"width {width} {mode} {axis}"
                );
            }
        }
    }

    private static void Compare(PoolGeometry geometry, string what)
    {
        Random random = new(1); // few different values: many ties, some NaN and infinities
        float[] x =
        [
            .. Enumerable
                .Range(0, geometry.Planes * geometry.InPlane)
                .Select(_ =>
                    random.Next(12) switch
                    {
                        0 => float.NaN,
                        1 => float.NegativeInfinity,
                        int v => v / 2,
                    }
                ),
        ];
        int outputs = geometry.Planes * geometry.OutPlane;
        float[] expected = new float[outputs],
            actual = new float[outputs + 8];
        int[] expectedAt = new int[outputs],
            actualAt = new int[outputs + 8];
        Array.Fill(actual, 77f, outputs, 8);
        Array.Fill(actualAt, 77, outputs, 8);
        fixed (
            float* px = x,
                pe = expected,
                pa = actual
        )
        {
            fixed (
                int* ie = expectedAt,
                    ia = actualAt
            )
            {
                MaxPooling<float>.Reference(geometry, px, pe, ie);
                MaxPooling<float>.Forward(geometry, px, pa, ia);
                for (int i = 0; i < outputs; i++)
                {
                    Assert.True(
                        expected[i].Equals(actual[i]) && expectedAt[i] == actualAt[i],
                        $"{what}, output {i}: expected {expected[i]} at {expectedAt[i]}, got {actual[i]} at {actualAt[i]}"
                    );
                }

                MaxPooling<float>.Forward(geometry, px, pa, null);
                Assert.Equal(expected, actual[..outputs]);
            }
        }

        Assert.All(actual[outputs..], v => Assert.Equal(77f, v));
        Assert.All(actualAt[outputs..], v => Assert.Equal(77, v));
    }

    [Fact]
    public void Applies_RealLayers_TakeTheFastPath()
    {
        PoolAxis vgg = PoolAxis.Sliding(new WindowAxis(56, 2, 2, 1, 0, 0), PaddingMode.Zeros, 0, countZeros: false);
        PoolAxis resNet = PoolAxis.Sliding(new WindowAxis(112, 3, 2, 1, 1, 1), PaddingMode.Zeros, 1, countZeros: false);
        Assert.True(MaxPoolingRows.Applies(new PoolGeometry(1, PoolAxis.None, vgg, vgg)));
        Assert.True(MaxPoolingRows.Applies(new PoolGeometry(1, PoolAxis.None, resNet, resNet)));
        Assert.False(
            MaxPoolingRows.Applies(new PoolGeometry(1, PoolAxis.None, PoolAxis.None, PoolAxis.Adaptive(56, 28)))
        );
    }
}
