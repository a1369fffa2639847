using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Factors given while packing change weights as multiplying them before does: in double, rounded
/// once.</summary>
public sealed unsafe class PackingTests
{
    private delegate void Packing(float* weights, float* packed, double[]? factors);

    [Theory]
    [InlineData(1, 3, 20, 5)]
    [InlineData(16, 3, 20, 3)]
    [InlineData(16, 40, 70, 1)]
    [InlineData(16, 24, 37, 3)]
    public void Pack_BlockedWithFactors_GivesTheBitsOfWeightsMultipliedBefore(
        int lanes,
        int inputs,
        int outputs,
        int kernel
    )
    {
        ConvolutionGeometry g = Geometry(inputs, outputs, 1, kernel);
        BlockedConvolution convolution = new(
            g,
            BlockedConvolution.Halo(g, lanes),
            Destination(g),
            CpuProfiles.OfWidth(BlockedData.Widths[0])
        );
        AssertSame($"direct, {lanes} lanes, {g}", g, convolution.PackedSize, convolution.Pack);
    }

    [Fact]
    public void Pack_GroupsWithFactors_GivesTheBitsOfWeightsMultipliedBefore()
    {
        ConvolutionGeometry g = Geometry(32, 32, 4, 3);
        BlockedConvolution convolution = new(
            g,
            BlockedConvolution.Halo(g),
            Destination(g),
            CpuProfiles.OfWidth(BlockedData.Widths[0])
        );
        AssertSame($"direct, {g}", g, convolution.PackedSize, convolution.Pack);
    }

    [Fact]
    public void Pack_DepthwiseWithFactors_GivesTheBitsOfWeightsMultipliedBefore()
    {
        ConvolutionGeometry g = Geometry(21, 21, 21, 5);
        DepthwiseConvolution convolution = new(
            g,
            BlockedConvolution.Halo(g),
            Destination(g),
            CpuProfiles.OfWidth(BlockedData.Widths[0])
        );
        AssertSame($"depthwise, {g}", g, convolution.PackedSize, convolution.Pack);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Pack_WinogradWithFactors_GivesTheBitsOfWeightsMultipliedBefore(int side)
    {
        ConvolutionGeometry g = Geometry(24, 37, 1, 3);
        WinogradConvolution convolution = new(
            g,
            WinogradConvolution.Halo(g, side),
            Destination(g),
            CpuProfiles.OfWidth(BlockedData.Widths[0]),
            side
        );
        AssertSame($"F({side}x{side}), {g}", g, convolution.PackedSize, convolution.Pack);
    }

    private static ConvolutionGeometry Geometry(int inputs, int outputs, int groups, int kernel)
    {
        WindowAxis axis = new(12, kernel, 1, 1, kernel / 2, kernel / 2);
        return new(1, inputs, outputs, groups, WindowAxis.None, axis, axis, PaddingMode.Zeros);
    }

    private static BlockedLayout Destination(ConvolutionGeometry g) => new(g.OutChannels, 1, g.Height.Out, g.Width.Out);

    private static void AssertSame(string what, ConvolutionGeometry g, long packedSize, Packing pack)
    {
        Rng rng = new(5);
        float[] weights = [.. Enumerable.Range(0, (int)g.WeightCount).Select(_ => rng.NextSingle() - 0.5f)];
        double[] factors = [.. Enumerable.Range(0, g.OutChannels).Select(_ => (rng.NextDouble() * 3.0) - 1.0)];
        int row = weights.Length / g.OutChannels;
        float[] multiplied = [.. weights.Select((w, i) => (float)(w * factors[i / row]))];

        float[] before = Packed(pack, multiplied, packedSize, null),
            packed = Packed(pack, weights, packedSize, factors);

        int first = Enumerable
            .Range(0, packed.Length)
            .FirstOrDefault(
                i => BitConverter.SingleToInt32Bits(before[i]) != BitConverter.SingleToInt32Bits(packed[i]),
                -1
            );
        Assert.True(
            first < 0,
            $"{what}: packed float {first} is {(first < 0 ? 0 : packed[first])}, of weights multiplied before {(first < 0 ? 0 : before[first])}"
        );
        Assert.False(
            packed.AsSpan().SequenceEqual(Packed(pack, weights, packedSize, null)),
            $"{what}: the factors change nothing"
        );
    }

    private static float[] Packed(Packing pack, float[] weights, long packedSize, double[]? factors)
    {
        using NativeBuffer w = new(weights),
            packed = new(packedSize);
        pack(w.Pointer, packed.Pointer, factors);
        Assert.True(packed.GuardsAreIntact(), $"wrote outside the {packedSize} floats of packed weights");
        return packed.ToArray();
    }
}
