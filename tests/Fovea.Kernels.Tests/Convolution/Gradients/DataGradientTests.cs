using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The gradient of the input on blocked maps against the reference: bit-equal on whole numbers, at every vector
/// width and number of parts.</summary>
public sealed unsafe class DataGradientTests
{
    [Fact]
    public void Run_RandomGeometries_EqualsReferenceBitForBit()
    {
        Rng root = new(20261130);
        (int Whole, int Phases) compared = default;
        for (int i = 0; i < 900; i++)
        {
            Rng rng = root.Split((ulong)i);
            ConvolutionGeometry g = BlockedGeometry.Draw(rng, 16);
            g = (i % 3 == 0 ? BlockedGeometry.DrawDepthwise(rng) : g) with { Batch = 1 + rng.Next(3) };
            if (!DataGradient.Supports(g))
            {
                continue;
            }

            compared = Compare(g, rng, $"geometry {i}")
                ? (compared.Whole + 1, compared.Phases)
                : (compared.Whole, compared.Phases + 1);
        }

        Assert.True(compared is { Whole: > 100, Phases: > 100 }, $"compared {compared} of 900 geometries");
    }

    [Theory]
    [InlineData(3, 2, 1, true)]
    [InlineData(1, 2, 0, true)]
    [InlineData(5, 2, 2, true)]
    [InlineData(7, 2, 3, true)]
    [InlineData(3, 1, 1, true)]
    [InlineData(1, 1, 1, false)]
    [InlineData(1, 2, 1, false)]
    public void Supports_CommonWindows_AreWhatNetworksHave(int kernel, int stride, int padding, bool expected)
    {
        WindowAxis axis = new(14, kernel, stride, 1, padding, padding);
        ConvolutionGeometry g = new(1, 32, 64, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        Assert.Equal(expected, DataGradient.Supports(g));
    }

    private static bool Compare(ConvolutionGeometry g, Rng rng, string name)
    {
        float[] dy = BlockedData.Integers(g.OutputCount, 3, rng),
            w = BlockedData.Integers(g.WeightCount, 3, rng),
            expected = new float[g.InputCount];
        fixed (
            float* pdy = dy,
                pw = w,
                pdx = expected
        )
        {
            ReferenceConvolution<float>.BackwardData(g, pdy, pw, pdx);
        }

        bool isWhole = false;
        ConvolutionGeometry item = g with { Batch = 1 };
        foreach (int bits in BlockedData.Widths)
        {
            CpuProfile cpu = CpuProfiles.OfWidth(bits);
            BlockedLayout from = BlockedData.Widen(DataGradient.Halo(item, Precision.Strict, cpu), rng),
                to = BlockedData.Widen(new(g.InChannels, g.Depth.In, g.Height.In, g.Width.In), rng);
            DataGradient kernel = new(item, from, to, Precision.Strict, g.Batch, cpu);
            isWhole = kernel.IsWhole;
            for (int parts = 1; parts <= 3; parts++)
            {
                string what = $"{name}: {g}, {bits} bits, {parts} parts";
                using GuardedMap mapDy = new(from, dy, g.Batch, 48),
                    mapDx = new(to, g.Batch, 16);
                using NativeBuffer weights = new(w),
                    packed = new(Math.Max(1, kernel.PackedSize)),
                    bias = new(BlockedData.Filled(new float[g.InChannels], to.Blocks + 4));
                kernel.Pack(weights.Pointer, packed.Pointer);
                Assert.True(packed.GuardsAreIntact(), $"wrote outside the packed weights: {what}");
                for (int part = 0; part < parts; part++)
                {
                    using NativeBuffer workspace = new(Math.Max(1, kernel.WorkspaceSize));
                    ConvolutionCall call = BlockedData.Call(
                        mapDy,
                        packed,
                        bias,
                        null,
                        mapDx,
                        BlockedData.Clamps[0],
                        false,
                        part,
                        parts
                    );
                    kernel.Run(call, workspace.Pointer);
                    Assert.True(workspace.GuardsAreIntact(), $"wrote outside the workspace: {what}");
                }

                mapDx.AssertOnlyPixelsAreWritten(what);
                BlockedData.AssertSame(what, expected, mapDx.ToPlanes());
            }
        }

        return isWhole;
    }
}
