using System.Numerics;

namespace Fovea.Kernels.Tests;

public sealed unsafe class UnaryKernelTests
{
    // 0 and 1, each vector width with its neighbours, and around the size of a chunk.
    public static TheoryData<int> Lengths =>
        [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, Chunks.Size - 1, Chunks.Size, Chunks.Size + 3];

    [Theory, MemberData(nameof(Lengths))]
    public void Forward_AnyLength_GivesEveryElementTheSameBitsAndStaysInBounds(int n)
    {
        float[] x = [.. Enumerable.Range(0, n + 2).Select(i => i == 0 || i == n + 1 ? float.NaN : MathF.Sin(i) * 4)];
        float[] y = [.. Enumerable.Repeat(-77f, n + 2)];
        fixed (
            float* px = x,
                py = y
        )
        {
            UnaryKernel<float, GeluFunction>.Forward(default, px + 1, py + 1, n);
        }

        Assert.Equal(-77f, y[0]);
        Assert.Equal(-77f, y[n + 1]);
        for (int i = 1; i <= n; i++)
        {
            float alone = default(GeluFunction).Value(new Vector<float>(x[i]))[0];
            Assert.True(
                BitConverter.SingleToInt32Bits(alone) == BitConverter.SingleToInt32Bits(y[i]),
                $"n={n}, element {i - 1}: {alone:R} alone, {y[i]:R} in the run"
            );
        }
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Backward_ReluAnyLength_PassesWhereTheOutputIsPositiveAndStaysInBounds(int n)
    {
        float[] y = [.. Enumerable.Range(0, n + 2).Select(i => Math.Max(0f, MathF.Sin(i)))];
        float[] dy = [.. Enumerable.Range(0, n + 2).Select(i => i + 0.5f)];
        float[] dx = [.. Enumerable.Repeat(-77f, n + 2)];
        fixed (
            float* py = y,
                pdy = dy,
                pdx = dx
        )
        {
            UnaryKernel<float, ReluFunction>.Backward(default, py + 1, pdy + 1, pdx + 1, n);
        }

        Assert.Equal(-77f, dx[0]);
        Assert.Equal(-77f, dx[n + 1]);
        for (int i = 1; i <= n; i++)
        {
            Assert.True(dx[i] == (y[i] > 0 ? dy[i] : 0f), $"n={n}, element {i - 1}: y {y[i]}, dy {dy[i]}, dx {dx[i]}");
        }
    }
}
