using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The depthwise convolution against the reference: bit-equal on whole numbers, whatever the vector width and
/// the number of parts.</summary>
public sealed class DepthwiseConvolutionTests
{
    private const int Geometries = 1200;

    [Fact]
    public void Run_RandomGeometries_EqualsReferenceBitForBit()
    {
        Rng root = new(20260202);
        for (int i = 0; i < Geometries; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = BlockedGeometry.DrawDepthwise(rng);
            Assert.True(DepthwiseConvolution.Supports(g), $"{g} is not supported");
            ConvolutionData data = ConvolutionData.Draw(g, rng, false);
            (float Low, float High) clamp = BlockedData.Clamps[rng.Next(BlockedData.Clamps.Length)];
            BlockedLayout source = BlockedConvolution.Halo(g),
                destination = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
            (source, destination) =
                i % 2 == 0
                    ? (BlockedData.Widen(source, rng), BlockedData.Widen(destination, rng))
                    : (source, destination);
            bool map = rng.Next(3) == 0;
            float[] expected = BlockedData.Reference(g, data.X, data.W, data.Bias, null, clamp);
            expected = map ? Array.ConvertAll(expected, v => (2 * v) + 1) : expected;
            foreach (int bits in BlockedData.Widths)
            {
                for (int parts = 1; parts <= 3; parts++)
                {
                    string what =
                        $"geometry {i}: {g}, {source} to {destination}, {bits} bits, {parts} parts, clamp {clamp}, map {map}";
                    BlockedData.AssertSame(
                        what,
                        expected,
                        ConvolutionRuns.Run(
                            new DepthwiseConvolution(g, source, destination, CpuProfiles.OfWidth(bits)),
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

    /// <summary>Kernels whose weights are taken in parts, and rows that are cut into strips.</summary>
    [Theory]
    [
        InlineData(1, 20, 37, 31, 31, 15, 1, 1),
        InlineData(1, 9, 61, 13, 17, 8, 1, 1),
        InlineData(1, 34, 60, 15, 15, 0, 1, 2),
        InlineData(1, 40, 45, 15, 15, 7, 2, 1),
        InlineData(1, 1, 700, 1, 401, 200, 1, 1),
        InlineData(1, 1, 240, 1, 200, 0, 1, 1)
    ]
    [
        InlineData(7, 7, 9, 7, 7, 3, 1, 1),
        InlineData(1, 8, 200, 7, 7, 3, 1, 1),
        InlineData(1, 5, 151, 5, 9, 4, 2, 1),
        InlineData(1, 9, 230, 3, 3, 1, 1, 3),
        InlineData(1, 210, 2, 201, 1, 100, 1, 1)
    ]
    public void Run_LargeKernelsAndWideRows_EqualReferenceBitForBit(
        int depth,
        int height,
        int width,
        int kernelHeight,
        int kernelWidth,
        int pad,
        int stride,
        int dilation
    )
    {
        Rng rng = new((ulong)((height * 1000) + width));
        WindowAxis slices = depth == 1 ? WindowAxis.None : new(depth, depth, 1, 1, depth / 2, depth / 2);
        WindowAxis rows = height == 1 ? WindowAxis.None : new(height, kernelHeight, stride, dilation, pad, pad),
            columns =
                new(
                    width,
                    kernelWidth,
                    stride,
                    dilation,
                    Math.Min(pad, kernelWidth / 2),
                    Math.Min(pad, kernelWidth / 2)
                );
        ConvolutionGeometry g = new(1, 18, 18, 18, slices, rows, columns, PaddingMode.Zeros);
        ConvolutionData data = ConvolutionData.Draw(g, rng, false);
        BlockedLayout source = BlockedConvolution.Halo(g),
            destination = BlockedData.Widen(new(18, g.Depth.Out, g.Height.Out, g.Width.Out), rng);
        float[] expected = BlockedData.Reference(g, data.X, data.W, data.Bias, null, (-40f, 60f));
        foreach (int bits in BlockedData.Widths)
        {
            for (int parts = 1; parts <= 3; parts++)
            {
                string what = $"{g}, {bits} bits, {parts} parts";
                BlockedData.AssertSame(
                    what,
                    expected,
                    ConvolutionRuns.Run(
                        new DepthwiseConvolution(g, source, destination, CpuProfiles.OfWidth(bits)),
                        data,
                        (-40f, 60f),
                        false,
                        parts,
                        what
                    )
                );
            }
        }
    }

    [Fact]
    public void Run_NotANumberAndInfinity_StayInTheirChannelAndPassThroughClamps()
    {
        WindowAxis axis = new(20, 1, 1, 1, 0, 0);
        ConvolutionGeometry g = new(1, 16, 16, 16, WindowAxis.None, WindowAxis.None, axis, PaddingMode.Zeros);
        float[] x = new float[g.InputCount],
            w = new float[g.WeightCount];
        Array.Fill(w, 1f);
        (x[3], x[27], x[51]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        foreach ((float low, float high) in BlockedData.Clamps)
        {
            foreach (int bits in BlockedData.Widths)
            {
                BlockedLayout layout = new(16, 1, 1, 20);
                float[] y = ConvolutionRuns.Run(
                    new DepthwiseConvolution(g, layout, layout, CpuProfiles.OfWidth(bits)),
                    new ConvolutionData(x, w, new float[16], null),
                    (low, high),
                    false,
                    1,
                    "special values"
                );
                for (int i = 0; i < y.Length; i++)
                {
                    float expected = i switch
                    {
                        3 => float.NaN,
                        27 => high,
                        51 => low,
                        _ => 0f,
                    };
                    Assert.True(
                        expected.Equals(y[i] + 0f),
                        $"clamp {low} to {high}, {bits} bits: [{i}] expected {expected}, got {y[i]}"
                    );
                }
            }
        }
    }

    [Fact]
    public void Supports_OtherThanOneFilterAChannel_IsFalse()
    {
        WindowAxis one = new(20, 3, 1, 1, 1, 1),
            three = one with { Stride = 3 };
        Assert.False(
            DepthwiseConvolution.Supports(
                new ConvolutionGeometry(1, 16, 32, 16, WindowAxis.None, one, one, PaddingMode.Zeros)
            )
        );
        Assert.False(
            DepthwiseConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 8, WindowAxis.None, one, one, PaddingMode.Zeros)
            )
        );
        Assert.False(
            DepthwiseConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 16, WindowAxis.None, one, three, PaddingMode.Zeros)
            )
        );
        Assert.False(
            DepthwiseConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 16, WindowAxis.None, one, one, PaddingMode.Circular)
            )
        );
        Assert.True(
            DepthwiseConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 16, WindowAxis.None, three, one, PaddingMode.Zeros)
            )
        );
    }
}
