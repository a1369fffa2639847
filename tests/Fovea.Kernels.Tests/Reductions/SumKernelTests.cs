namespace Fovea.Kernels.Tests;

public sealed unsafe class SumKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 0, 2)]
    [InlineData(2, 37, 1)]
    [InlineData(1, 70_001, 1)]
    [InlineData(5, 9, 1030)]
    [InlineData(2, 40_000, 3)]
    [InlineData(700, 3, 5)]
    public void Run_AnySizes_MatchesPlainLoops(int outer, int reduce, int inner)
    {
        float[] x = [.. Enumerable.Range(0, outer * reduce * inner).Select(i => MathF.Cos(i))];
        double[] y = new double[outer * inner];
        Array.Fill(y, double.NaN);
        fixed (float* px = x)
        fixed (double* py = y)
        {
            SumKernel.Run(px, py, outer, reduce, inner);
        }

        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                double expected = 0;
                for (int r = 0; r < reduce; r++)
                {
                    expected += x[(((o * reduce) + r) * inner) + i];
                }

                Assert.True(
                    Math.Abs(expected - y[(o * inner) + i]) <= 1e-9,
                    $"[{outer}, {reduce}, {inner}] at {o}, {i}: expected {expected:R}, got {y[(o * inner) + i]:R}"
                );
            }
        }
    }
}
