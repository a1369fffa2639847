using System.Runtime.InteropServices;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Winograd's gradient of weights against the reference with sums in double, at every vector width; and its bits for
/// any number of parts.</summary>
public sealed unsafe class WinogradWeightsGradientTests
{
    private const double Bound = 2e-5; // of the largest weight's gradient; see docs/numerics.md

    /// <summary>Input channels, output channels, height, width, items.</summary>
    [Theory]
    [InlineData(32, 32, 8, 8, 2)]
    [InlineData(40, 50, 7, 9, 3)]
    [InlineData(16, 130, 5, 4, 6)]
    [InlineData(64, 16, 14, 14, 4)]
    [InlineData(33, 17, 1, 3, 9)]
    [InlineData(48, 64, 30, 21, 2)]
    public void Run_OfAnySize_IsNearTheReferenceAndTheSameForAnyParts(
        int channels,
        int outputs,
        int height,
        int width,
        int items
    )
    {
        WindowAxis down = new(height, 3, 1, 1, 1, 1),
            across = new(width, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(items, channels, outputs, 1, WindowAxis.None, down, across, PaddingMode.Zeros);
        Rng rng = new(9);
        float[] x = BlockedData.Normal(g.InputCount, rng),
            dy = BlockedData.Normal(g.OutputCount, rng),
            expected = new float[g.WeightCount];
        fixed (
            float* px = x,
                pdy = dy,
                pdw = expected
        )
        {
            ReferenceConvolution<float>.BackwardWeights(g, px, pdy, pdw);
        }

        ConvolutionGeometry one = g with { Batch = 1 };
        BlockedLayout source = BlockedData.Widen(WinogradConvolution.Halo(one), rng),
            gradient = BlockedData.Widen(WinogradWeightsGradient.Halo(one), rng);
        using GuardedMap mapX = new(source, x, items, 48),
            mapDy = new(gradient, dy, items, 16);
        foreach (int bits in BlockedData.Widths)
        {
            WinogradWeightsGradient kernel = new(one, source, gradient, items, CpuProfiles.OfWidth(bits));
            float[]? first = null;
            for (int parts = 1; parts <= Math.Min(4, kernel.Units); parts++)
            {
                string what = $"{g}, {bits} bits, {parts} parts";
                float[] got = Run(kernel, mapX, mapDy, items, parts, what);
                double largest = expected.Max(v => (double)Math.Abs(v)),
                    worst = expected.Zip(got, (a, b) => Math.Abs((double)a - b)).Max();
                Assert.True(worst <= Bound * largest, $"{what}: off by {worst / largest:E1} of the largest");
                first ??= got;
                Assert.True(
                    MemoryMarshal.AsBytes<float>(first).SequenceEqual(MemoryMarshal.AsBytes<float>(got)),
                    $"{what}: not the bits of one part"
                );
            }
        }
    }

    [Theory]
    [InlineData(64, 64, 56, 16, true)]
    [InlineData(16, 16, 28, 128, true)]
    [InlineData(15, 16, 28, 128, false)]
    [InlineData(512, 512, 3, 8, false)]
    public void IsQuicker_OfKnownLayers_IsWhatTheModelSays(
        int channels,
        int outputs,
        int size,
        int items,
        bool expected
    )
    {
        WindowAxis axis = new(size, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, channels, outputs, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        Assert.Equal(expected, WinogradWeightsGradient.IsQuicker(g, items, CpuProfiles.Zen3));
    }

    private static float[] Run(
        WinogradWeightsGradient kernel,
        GuardedMap x,
        GuardedMap dy,
        int items,
        int parts,
        string what
    )
    {
        using NativeBuffer sums = new(kernel.SumsSize),
            dw = new(kernel.Geometry.WeightCount);
        for (int part = 0; part < parts; part++)
        {
            using NativeBuffer workspace = new(kernel.WorkspaceSize);
            kernel.Run(GradientRuns.Call(x, dy, items, sums), workspace.Pointer, part, parts);
            Assert.True(workspace.GuardsAreIntact(), $"wrote outside the workspace: {what}");
        }

        kernel.Unpack(sums.Pointer, dw.Pointer);
        Assert.True(sums.GuardsAreIntact() && dw.GuardsAreIntact(), $"wrote outside sums or dw: {what}");
        return dw.ToArray();
    }
}
