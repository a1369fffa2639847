using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>A convolution and a depthwise one done together against the reference of one after the other: bit-equal on
/// whole numbers, whatever the vector width and the number of parts.</summary>
public sealed unsafe class DepthwisePairTests
{
    private const int Pairs = 800;

    [Theory, InlineData(1), InlineData(16)]
    public void Run_RandomPairs_EqualsReferenceOfBothBitForBit(int lanes)
    {
        Rng root = new(20261122 + (ulong)lanes);
        for (int i = 0; i < Pairs; i++)
        {
            Rng rng = root.Split((ulong)i);
            (ConvolutionGeometry first, ConvolutionGeometry second) = BlockedGeometry.DrawPair(rng, lanes);
            Compare(first, second, lanes, i % 4 == 0 ? 2 + rng.Next(3) : 1, rng, $"pair {i}");
        }
    }

    /// <summary>Rows in several strips and blocks of rows: more than the caches hold.</summary>
    [Theory]
    [
        InlineData(3, 40, 150, 3, 1, 1),
        InlineData(40, 50, 130, 3, 2, 16),
        InlineData(130, 33, 200, 5, 1, 16),
        InlineData(24, 20, 300, 7, 1, 16)
    ]
    public void Run_LargeSizes_EqualsReferenceOfBothBitForBit(
        int channels,
        int middle,
        int size,
        int kernel,
        int stride,
        int lanes
    )
    {
        WindowAxis one = new(size, 1, 1, 1, 0, 0),
            window = new(size, kernel, stride, 1, kernel / 2, kernel / 2);
        ConvolutionGeometry first = new(
            1,
            channels,
            middle,
            1,
            WindowAxis.None,
            one,
            one with
            {
                In = 30,
            },
            PaddingMode.Zeros
        );
        ConvolutionGeometry second = new(
            1,
            middle,
            middle,
            middle,
            WindowAxis.None,
            window,
            window with
            {
                In = 30,
            },
            PaddingMode.Zeros
        );
        Compare(first, second, lanes, 1, new Rng(7), "large");
    }

    [Fact]
    public void Supports_WhatIsNoPairOfImages_IsFalse()
    {
        WindowAxis three = new(20, 3, 1, 1, 1, 1),
            one = new(20, 1, 1, 1, 0, 0);
        ConvolutionGeometry first = new(1, 16, 32, 1, WindowAxis.None, one, one, PaddingMode.Zeros),
            second = new(1, 32, 32, 32, WindowAxis.None, three, three, PaddingMode.Zeros);
        Assert.True(DepthwisePair.Supports(first, second));
        Assert.False(
            DepthwisePair.Supports(first with { Height = WindowAxis.None }, second with { Height = WindowAxis.None })
        );
        Assert.False(DepthwisePair.Supports(first with { Depth = three }, second with { Depth = three }));
        Assert.False(DepthwisePair.Supports(first with { Groups = 2 }, second));
        Assert.False(DepthwisePair.Supports(first with { Height = three, Width = three }, second)); // Winograd's algorithm may do better
    }

    private static void Compare(
        ConvolutionGeometry first,
        ConvolutionGeometry second,
        int lanes,
        int items,
        Rng rng,
        string name
    )
    {
        (first, second) = (first with { Batch = items }, second with { Batch = items });
        ConvolutionData a = ConvolutionData.Draw(first, rng, false),
            b = ConvolutionData.Draw(second, rng, false);
        (float Low, float High) clamp = BlockedData.Clamps[rng.Next(BlockedData.Clamps.Length)],
            last = BlockedData.Clamps[rng.Next(BlockedData.Clamps.Length)];
        bool map = rng.Next(3) == 0;
        float[] between = BlockedData.Reference(first, a.X, a.W, a.Bias, null, clamp);
        between = map ? Array.ConvertAll(between, v => (2 * v) + 1) : between;
        float[] expected = BlockedData.Reference(second, between, b.W, b.Bias, null, last);
        expected = map ? Array.ConvertAll(expected, v => (2 * v) + 1) : expected;
        BlockedLayout source = BlockedConvolution.Halo(first, lanes),
            middle = BlockedConvolution.Halo(second),
            destination = new(second.OutChannels, 1, second.Height.Out, second.Width.Out);
        (source, middle, destination) =
            rng.Next(2) == 0
                ? (BlockedData.Widen(source, rng), BlockedData.Widen(middle, rng), BlockedData.Widen(destination, rng))
                : (source, middle, destination);
        foreach (int bits in BlockedData.Widths)
        {
            BlockedConvolution convolution = new(first, source, middle, CpuProfiles.OfWidth(bits));
            DepthwiseConvolution depthwise = new(second, middle, destination, CpuProfiles.OfWidth(bits));
            for (int parts = 1; parts <= 5; parts += 2)
            {
                string what =
                    $"{name}: {first}, then {second}, {items} items, {source}, {middle}, {destination}, {bits} bits, {parts} parts, clamps {clamp} and {last}, map {map}";
                BlockedData.AssertSame(
                    what,
                    expected,
                    ConvolutionRuns.Run((convolution, a, clamp), (depthwise, b, last), bits, map, parts, what)
                );
            }
        }
    }
}
