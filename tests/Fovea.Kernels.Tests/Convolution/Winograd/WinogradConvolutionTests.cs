using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Winograd's convolution against the reference: exact where the transformed weights are whole numbers, and
/// the same bits whatever the number of patches and parts.</summary>
public sealed class WinogradConvolutionTests
{
    [Fact]
    public void Run_RandomSizesWholeTransforms_EqualsReferenceBitForBit()
    {
        Rng root = new(20260203);
        for (int i = 0; i < 400; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = Draw(rng, 1 + rng.Next(40), 1 + rng.Next(rng.Next(3) == 0 ? 70 : 20));
            Assert.True(WinogradConvolution.Supports(g), $"{g} is not supported");
            int items = i % 3 == 0 ? 2 + rng.Next(3) : 1;
            ConvolutionData data = ConvolutionData.DrawForTransforms(g with { Batch = items }, rng, rng.Next(2) == 0);
            (float Low, float High) clamp = i % 2 == 0 ? BlockedData.Clamps[rng.Next(2)] : (-1000f, 2000f);
            float[] expected = BlockedData.Reference(
                g with
                {
                    Batch = items,
                },
                data.X,
                data.W,
                data.Bias,
                data.Add,
                clamp
            );
            bool map = rng.Next(3) == 0;
            expected = map ? Array.ConvertAll(expected, v => (2 * v) + 1) : expected;
            BlockedLayout source = WinogradConvolution.Halo(g),
                destination = new(g.OutChannels, 1, g.Height.Out, g.Width.Out);
            (source, destination) =
                i % 2 == 0
                    ? (BlockedData.Widen(source, rng), BlockedData.Widen(destination, rng))
                    : (source, destination);
            foreach (int bits in BlockedData.Widths)
            {
                int parts = 1 + rng.Next(3),
                    block = rng.Next(4) == 0 ? 0 : 1 + rng.Next(40);
                string what =
                    $"geometry {i}: {g}, {items} items, {source} to {destination}, {bits} bits, {parts} parts, block {block}, add {data.Add is not null}, clamp {clamp}, map {map}";
                foreach (int side in new[] { 2, 4 })
                {
                    BlockedData.AssertSame(
                        $"side {side}, {what}",
                        expected,
                        ConvolutionRuns.Run(
                            new WinogradConvolution(
                                g,
                                source,
                                destination,
                                CpuProfiles.OfWidth(bits),
                                side,
                                block,
                                items
                            ),
                            data,
                            clamp,
                            map,
                            parts,
                            what
                        )
                    );
                }
            }
        }
    }

    [Fact]
    public void Run_EveryBlockAndNumberOfParts_GivesTheSameBits()
    {
        Rng root = new(20260204);
        for (int i = 0; i < 12; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = Draw(rng, 20 + rng.Next(60), 20 + rng.Next(80));
            ConvolutionData data = new(
                BlockedData.Normal(g.InputCount, rng),
                BlockedData.Normal(g.WeightCount, rng),
                BlockedData.Normal(g.OutChannels, rng),
                BlockedData.Normal(g.OutputCount, rng)
            );
            BlockedLayout source = WinogradConvolution.Halo(g),
                destination = new(g.OutChannels, 1, g.Height.Out, g.Width.Out);
            int side = i % 2 == 0 ? 4 : 2;
            foreach (int bits in BlockedData.Widths)
            {
                float[] expected = ConvolutionRuns.Run(
                    new WinogradConvolution(g, source, destination, CpuProfiles.OfWidth(bits), side),
                    data,
                    (0f, float.PositiveInfinity),
                    false,
                    1,
                    "one part"
                );
                foreach (int block in new[] { 1, 2, 3, 5, 7, 14, 28, 56, 1000 })
                {
                    int parts = 1 + (block % 3);
                    string what = $"{g}, side {side}, {bits} bits, block {block}, {parts} parts";
                    BlockedData.AssertSame(
                        what,
                        expected,
                        ConvolutionRuns.Run(
                            new WinogradConvolution(g, source, destination, CpuProfiles.OfWidth(bits), side, block),
                            data,
                            (0f, float.PositiveInfinity),
                            false,
                            parts,
                            what
                        )
                    );
                }
            }
        }
    }

    [Fact]
    public void Run_NotANumberAndInfinity_PassThroughClamps()
    {
        WindowAxis axis = new(12, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, 16, 16, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        float[] x = new float[g.InputCount],
            w = new float[g.WeightCount],
            add = new float[g.OutputCount];
        (x[0], add[9], add[10], add[11]) = (float.NaN, float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        foreach ((float low, float high) in BlockedData.Clamps)
        {
            foreach (int bits in BlockedData.Widths)
            {
                WinogradConvolution convolution = new(
                    g,
                    WinogradConvolution.Halo(g),
                    new BlockedLayout(16, 1, 12, 12),
                    CpuProfiles.OfWidth(bits)
                );
                float[] y = ConvolutionRuns.Run(
                    convolution,
                    new ConvolutionData(x, w, new float[16], add),
                    (low, high),
                    false,
                    1,
                    "special values"
                );
                string what = $"clamp {low} to {high}, {bits} bits";
                Assert.True(
                    float.IsNaN(y[0]) && float.IsNaN(y[13]),
                    $"{what}: a window on NaN gave {y[0]} and {y[13]}"
                );
                Assert.True(
                    float.IsNaN(y[9]) && y[10] == high && y[11] == low,
                    $"{what}: NaN and both infinities gave {y[9]}, {y[10]}, {y[11]}"
                );
            }
        }
    }

    [Fact]
    public void Supports_OtherThanThreeByThreeOfStrideOne_IsFalse()
    {
        WindowAxis axis = new(20, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, 32, 32, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        Assert.True(WinogradConvolution.Supports(g));
        Assert.False(WinogradConvolution.Supports(g with { Groups = 2 }));
        Assert.False(WinogradConvolution.Supports(g with { Mode = PaddingMode.Reflect }));
        Assert.False(WinogradConvolution.Supports(g with { Width = axis with { Stride = 2 } }));
        Assert.False(WinogradConvolution.Supports(g with { Height = axis with { Dilation = 2 } }));
        Assert.False(WinogradConvolution.Supports(g with { Height = axis with { Kernel = 1 } }));
        Assert.False(WinogradConvolution.Supports(g with { Depth = axis }));
    }

    private static ConvolutionGeometry Draw(Rng rng, int channels, int outputs)
    {
        while (true)
        {
            ConvolutionGeometry g = new(
                1,
                channels,
                outputs,
                1,
                WindowAxis.None,
                Axis(rng),
                Axis(rng),
                PaddingMode.Zeros
            );
            if (g.MultiplyAdds < 6_000_000)
            {
                return g;
            }
        }
    }

    private static WindowAxis Axis(Rng rng)
    {
        while (true)
        {
            WindowAxis axis = new(1 + rng.Next(40), 3, 1, 1, rng.Next(3), rng.Next(3));
            if (axis.Padded >= axis.Extent)
            {
                return axis;
            }
        }
    }
}
