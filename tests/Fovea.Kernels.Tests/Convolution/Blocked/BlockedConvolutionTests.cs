using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The blocked convolution against the reference: bit-equal on whole numbers, whatever the vector width, the
/// number of parts and of items.</summary>
public sealed unsafe class BlockedConvolutionTests
{
    private const int Geometries = 1200;

    [Theory, InlineData(1), InlineData(16)]
    public void Run_RandomGeometries_EqualsReferenceBitForBit(int lanes)
    {
        Rng root = new(20260201 + (ulong)lanes);
        for (int i = 0; i < Geometries; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = BlockedGeometry.Draw(rng, lanes) with { Batch = i % 4 == 0 ? 2 + rng.Next(3) : 1 };
            Assert.True(BlockedConvolution.Supports(g, lanes), $"{g} on {lanes} lanes is not supported");
            Compare(g, lanes, rng, i % 2 == 0, $"geometry {i}");
        }
    }

    /// <summary>Input channels, output channels, size, kernel: more than the caches hold, and planes of whole
    /// pages.</summary>
    [Theory]
    [
        InlineData(160, 48, 56, 1),
        InlineData(64, 16, 60, 3),
        InlineData(16, 80, 32, 1),
        InlineData(17, 33, 16, 3),
        InlineData(48, 128, 8, 3)
    ]
    public void Run_LargeSizes_EqualsReferenceBitForBit(int channels, int outputs, int size, int kernel)
    {
        WindowAxis axis = new(size, kernel, 1, 1, kernel / 2, kernel / 2);
        ConvolutionGeometry g = new(1, channels, outputs, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        Compare(g, 16, new Rng(1), false, "large");
    }

    /// <summary>A matrix product: items stand for pixels, and planes follow each other at a given stride.</summary>
    [Fact]
    public void Run_ItemsAsPixels_EqualsReferenceAndPacksTheSameForAnyNumberOfItems()
    {
        Rng root = new(20260214);
        for (int i = 0; i < 150; i++)
        {
            Rng rng = root.Split((ulong)i);
            int items = i % 10 == 0 ? 64 * (1 + rng.Next(4)) : 1 + rng.Next(230),
                rest = 16 * rng.Next(3),
                inputs = 1 + rng.Next(100),
                outputs = 1 + rng.Next(150);
            ConvolutionGeometry g = new(
                1,
                inputs,
                outputs,
                1,
                WindowAxis.None,
                WindowAxis.None,
                new WindowAxis(items, 1, 1, 1, 0, 0),
                PaddingMode.Zeros
            );
            Layouts layouts = new(
                new(inputs, 1, 1, items, planeStride: (items * 16) + rest),
                new(outputs, 1, 1, items, planeStride: (items * 16) + rest)
            );
            ConvolutionData data = ConvolutionData.Draw(g, rng, rng.Next(2) == 0);
            float[] expected = BlockedData.Reference(g, data.X, data.W, data.Bias, data.Add, BlockedData.Clamps[1]);
            foreach (int bits in BlockedData.Widths)
            {
                for (int parts = 1; parts <= 3; parts++)
                {
                    string what =
                        $"draw {i}: {items} items, {inputs} to {outputs} features, {bits} bits, {parts} parts, {rest} floats between planes";
                    BlockedData.AssertSame(
                        what,
                        expected,
                        ConvolutionRuns.Run(
                            new BlockedConvolution(
                                g,
                                layouts.Source,
                                layouts.Destination,
                                CpuProfiles.OfWidth(bits),
                                widest: true
                            ),
                            data,
                            BlockedData.Clamps[1],
                            false,
                            parts,
                            what
                        )
                    );
                }

                BlockedData.AssertSame(
                    $"weights of draw {i} at {bits} bits, packed for 1 item and {items}",
                    PackedFor(g, 1, data.W, bits),
                    PackedFor(g, items, data.W, bits)
                );
            }
        }
    }

    /// <summary>Weights times a factor of their input channel: as if the input were multiplied.</summary>
    [Fact]
    public void ScaleInputs_RandomFactors_EqualsReferenceOnScaledInputs()
    {
        Rng root = new(20261124);
        for (int i = 0; i < 200; i++)
        {
            Rng rng = root.Split((ulong)i);
            WindowAxis axis = new(1 + rng.Next(12), 1, 1, 1, 0, 0);
            ConvolutionGeometry g = new(
                1,
                1 + rng.Next(70),
                1 + rng.Next(140),
                1,
                WindowAxis.None,
                axis,
                axis with
                {
                    In = 1 + rng.Next(20),
                },
                PaddingMode.Zeros
            );
            ConvolutionData data = ConvolutionData.Draw(g, rng, rng.Next(2) == 0);
            float[] factors = BlockedData.Integers(g.InChannels, 4, rng),
                x = [.. data.X.Select((v, at) => v * factors[at / g.InPlane])];
            float[] expected = BlockedData.Reference(g, x, data.W, data.Bias, data.Add, BlockedData.Clamps[0]);
            foreach (int bits in BlockedData.Widths)
            {
                BlockedConvolution convolution = new(
                    g,
                    BlockedConvolution.Halo(g),
                    new BlockedLayout(g.OutChannels, 1, g.Height.Out, g.Width.Out),
                    CpuProfiles.OfWidth(bits)
                );
                string what = $"draw {i}: {g}, {bits} bits";
                BlockedData.AssertSame(
                    what,
                    expected,
                    ConvolutionRuns.RunGated(convolution, data, factors, 1 + (i % 3), what)
                );
            }
        }
    }

    [Fact]
    public void Run_InputLargerThanWhatIsRead_EqualsReference()
    {
        WindowAxis cut = new(9, 1, 1, 1, 0, -2);
        Compare(
            new ConvolutionGeometry(1, 16, 32, 1, WindowAxis.None, cut, cut, PaddingMode.Zeros),
            16,
            new Rng(2),
            false,
            "cut"
        );
    }

    [Fact]
    public void Run_NotANumberAndInfinity_PassThroughClamps()
    {
        WindowAxis axis = new(20, 1, 1, 1, 0, 0);
        ConvolutionGeometry g = new(1, 16, 16, 1, WindowAxis.None, WindowAxis.None, axis, PaddingMode.Zeros);
        float[] x = new float[g.InputCount],
            w = new float[g.WeightCount];
        Array.Fill(w, 1f);
        (x[3], x[7], x[11]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        foreach ((float low, float high) in BlockedData.Clamps)
        {
            foreach (int bits in BlockedData.Widths)
            {
                BlockedConvolution convolution = new(
                    g,
                    BlockedConvolution.Halo(g),
                    new BlockedLayout(16, 1, 1, 20),
                    CpuProfiles.OfWidth(bits)
                );
                float[] y = ConvolutionRuns.Run(
                    convolution,
                    new ConvolutionData(x, w, new float[16], null),
                    (low, high),
                    false,
                    1,
                    $"clamp {low} to {high}"
                );
                for (int i = 0; i < y.Length; i++)
                {
                    float expected = (i % 20) switch
                    {
                        3 => float.NaN,
                        7 => high,
                        11 => low,
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
    public void Supports_WhatNoKernelTakes_IsFalse()
    {
        WindowAxis three = new(20, 3, 3, 1, 1, 1),
            four = three with { Stride = 4 },
            one = three with { Stride = 1 };
        Assert.False(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 1, WindowAxis.None, one, three, PaddingMode.Zeros),
                16
            )
        );
        Assert.True(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 1, WindowAxis.None, three, one, PaddingMode.Zeros),
                16
            )
        );
        Assert.False(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 1, WindowAxis.None, one, four, PaddingMode.Zeros),
                16
            )
        );
        Assert.True(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 1, WindowAxis.None, one, four, PaddingMode.Zeros),
                1
            )
        );
        Assert.False(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 16, 16, 1, WindowAxis.None, one, one, PaddingMode.Reflect),
                16
            )
        );
        Assert.True(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 24, 24, 3, WindowAxis.None, one, one, PaddingMode.Zeros),
                16
            ),
            "groups of 8 that share a block and do not fill it"
        );
        Assert.False(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 30, 30, 3, WindowAxis.None, one, one, PaddingMode.Zeros),
                16
            ),
            "groups of 10 lie unevenly in blocks"
        );
        Assert.False(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 16, 32, 4, WindowAxis.None, one, one, PaddingMode.Zeros),
                16
            )
        );
        Assert.False(
            BlockedConvolution.Supports(
                new ConvolutionGeometry(1, 32, 32, 2, WindowAxis.None, one, one, PaddingMode.Zeros),
                1
            )
        );
    }

    private static float[] PackedFor(ConvolutionGeometry g, int items, float[] weights, int bits)
    {
        BlockedConvolution convolution = new(
            g with
            {
                Width = g.Width with { In = items },
            },
            new(g.InChannels, 1, 1, items),
            new(g.OutChannels, 1, 1, items),
            CpuProfiles.OfWidth(bits),
            widest: true
        );
        using NativeBuffer w = new(weights),
            packed = new(convolution.PackedSize);
        convolution.Pack(w.Pointer, packed.Pointer);
        return packed.ToArray();
    }

    private static void Compare(ConvolutionGeometry g, int lanes, Rng rng, bool halo, string name)
    {
        ConvolutionData data = ConvolutionData.Draw(g, rng, rng.Next(2) == 0);
        (float Low, float High) clamp = BlockedData.Clamps[rng.Next(BlockedData.Clamps.Length)];
        float[] expected = BlockedData.Reference(g, data.X, data.W, data.Bias, data.Add, clamp);
        BlockedLayout source = BlockedConvolution.Halo(g, lanes),
            destination = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
        Layouts layouts = halo
            ? new(BlockedData.Widen(source, rng), BlockedData.Widen(destination, rng))
            : new(source, destination);
        bool widest = rng.Next(2) == 0,
            map = rng.Next(3) == 0;
        expected = map ? Array.ConvertAll(expected, v => (2 * v) + 1) : expected;
        foreach (int bits in BlockedData.Widths)
        {
            for (int parts = 1; parts <= 3; parts++)
            {
                string what =
                    $"{name}: {g}, {layouts.Source} to {layouts.Destination}, {bits} bits, {parts} parts, add {data.Add is not null}, clamp {clamp}, map {map}";
                BlockedData.AssertSame(
                    what,
                    expected,
                    ConvolutionRuns.Run(
                        new BlockedConvolution(
                            g with
                            {
                                Batch = 1,
                            },
                            layouts.Source,
                            layouts.Destination,
                            CpuProfiles.OfWidth(bits),
                            widest
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

    private sealed record Layouts(BlockedLayout Source, BlockedLayout Destination);
}
