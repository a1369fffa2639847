using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The gradient of weights on blocked maps against the reference: bit-equal on whole numbers, at every vector width
/// and number of parts. Lanes without a channel hold NaN.</summary>
public sealed unsafe class WeightsGradientTests
{
    [Fact]
    public void Run_RandomGeometries_EqualsReferenceBitForBit()
    {
        Rng root = new(20261128);
        int compared = 0;
        for (int i = 0; i < 300; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = BlockedGeometry.Draw(rng, 16) with { Batch = 1 + rng.Next(4) };
            if (WeightsGradient.Supports(g))
            {
                compared++;
                Compare(g, 16, rng, $"geometry {i}");
            }
        }

        Assert.True(compared > 150, $"only {compared} of 300 geometries were compared");
    }

    [Fact]
    public void Run_FewChannelsSideBySide_EqualsReferenceBitForBit()
    {
        Rng root = new(20261129);
        for (int i = 0; i < 100; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = BlockedGeometry.Draw(rng, 1) with { Batch = 1 + rng.Next(4) };
            Compare(g, g.InChannels, rng, $"geometry {i}");
        }
    }

    [Fact]
    public void Run_Depthwise_EqualsReferenceBitForBit()
    {
        Rng root = new(20261131);
        for (int i = 0; i < 150; i++)
        {
            Rng rng = root.Split((ulong)i);
            Compare(BlockedGeometry.DrawDepthwise(rng) with { Batch = 1 + rng.Next(4) }, 16, rng, $"geometry {i}");
        }
    }

    /// <summary>Input channels, output channels, size, kernel, items: more than a block of pixels, and small maps of many
    /// items.</summary>
    [Theory]
    [
        InlineData(32, 48, 40, 3, 2),
        InlineData(16, 64, 4, 3, 130),
        InlineData(64, 32, 1, 1, 9),
        InlineData(160, 80, 7, 3, 20),
        InlineData(48, 16, 30, 1, 3)
    ]
    public void Run_LargeSizes_EqualsReferenceBitForBit(int channels, int outputs, int size, int kernel, int items)
    {
        WindowAxis axis = new(size, kernel, 1, 1, kernel / 2, kernel / 2);
        ConvolutionGeometry g = new(items, channels, outputs, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        Compare(g, 16, new Rng(1), "large");
    }

    private static void Compare(ConvolutionGeometry g, int lanes, Rng rng, string name)
    {
        float[] x = BlockedData.Integers(g.InputCount, 3, rng),
            dy = BlockedData.Integers(g.OutputCount, 3, rng),
            expected = new float[g.WeightCount];
        fixed (
            float* px = x,
                pdy = dy,
                pdw = expected
        )
        {
            ReferenceConvolution<float>.BackwardWeights(g, px, pdy, pdw);
        }

        BlockedLayout source = BlockedConvolution.Halo(g, lanes),
            gradient = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
        (source, gradient) =
            lanes == 16 && rng.Next(3) > 0
                ? (BlockedData.Widen(source, rng), BlockedData.Widen(gradient, rng))
                : (source, gradient);
        using GuardedMap mapX = new(source, x, g.Batch, 48),
            mapDy = new(gradient, dy, g.Batch, 16);
        foreach (int bits in BlockedData.Widths)
        {
            ConvolutionGeometry one = g with { Batch = 1 };
            CpuProfile cpu = CpuProfiles.OfWidth(bits);
            IWeightsGradient kernel = WeightsGradient.Supports(g)
                ? new WeightsGradient(one, source, gradient, cpu)
                : new DepthwiseWeightsGradient(one, source, gradient, cpu);
            for (int parts = 1; parts <= 3; parts++)
            {
                string what = $"{name}: {g} on {lanes} lanes, {bits} bits, {parts} parts";
                using NativeBuffer sums = new(kernel.SumsSize),
                    dw = new(g.WeightCount);
                for (int part = 0; part < parts; part++)
                {
                    kernel.Run(GradientRuns.Call(mapX, mapDy, g.Batch, sums), null, part, parts);
                }

                kernel.Unpack(sums.Pointer, dw.Pointer);
                Assert.True(sums.GuardsAreIntact(), $"wrote outside the sums: {what}");
                Assert.True(dw.GuardsAreIntact(), $"wrote outside dw: {what}");
                BlockedData.AssertSame(what, expected, dw.ToArray());
            }
        }
    }
}
