using System.Runtime.Intrinsics;
using CsCheck;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The fast path against the reference, over random geometries: bit-equal on whole numbers, within the
/// dot-product bound on fractions.</summary>
public sealed unsafe class ConvolutionAgreementTests
{
    private const int Geometries = 5000;

    [Fact]
    public void Direct_RandomGeometriesWholeNumbers_EqualsReferenceBitForBit()
    {
        RandomCases.Check(RandomGeometry.Any, 20260101, Geometries, g => AssertEqualsReference(g, 512));
        RandomCases.Check(
            RandomGeometry.Any,
            20260103,
            Geometries / 5,
            g =>
            {
                AssertEqualsReference(g, 256);
                AssertEqualsReference(g, 128);
            }
        );
    }

    [Fact]
    public void Direct_RandomGeometriesFractions_StaysWithinTheDotProductBound() =>
        RandomCases.Check(
            Gen.Select(RandomGeometry.Any, Gen.ULong),
            20260102,
            Geometries,
            item => AssertNearReference(item.Item1, new Rng(item.Item2))
        );

    private static void AssertEqualsReference(ConvolutionGeometry g, int bits)
    {
        Passes reference = Whole(0),
            direct = Whole(bits);
        AssertSame(g, $"y at {bits} bits", reference.Y, direct.Y);
        AssertSame(g, $"dx at {bits} bits", reference.Dx, direct.Dx);
        AssertSame(g, $"dw at {bits} bits", reference.Dw, direct.Dw);

        Passes Whole(int bits) =>
            Passes.Of(
                g,
                IntegerData.X(g.InputCount),
                IntegerData.W(g.WeightCount),
                IntegerData.B(g.OutChannels),
                IntegerData.Dy(g.OutputCount),
                bits
            );
    }

    private static void AssertNearReference(ConvolutionGeometry g, Rng rng)
    {
        float[] x = Normal(g.InputCount, rng),
            w = Normal(g.WeightCount, rng),
            b = Normal(g.OutChannels, rng),
            dy = Normal(g.OutputCount, rng);
        Passes reference = Passes.Of(g, x, w, b, dy, 0),
            direct = Passes.Of(g, x, w, b, dy, CpuTier.Bits),
            magnitude = Passes.Of(g, Absolute(x), Absolute(w), Absolute(b), Absolute(dy), 0);
        int k = (g.InPerGroup * g.Taps) + 1,
            kx = g.OutPerGroup * g.Taps * Folded(g),
            kw = g.Batch * g.OutPlane;
        AssertWithin(g, "y", reference.Y, direct.Y, magnitude.Y, k);
        AssertWithin(g, "dx", reference.Dx, direct.Dx, magnitude.Dx, kx);
        AssertWithin(g, "dw", reference.Dw, direct.Dw, magnitude.Dw, kw);
    }

    /// <summary>With padding other than zeros, several padded positions are copies of one input position, and their
    /// sums are added.</summary>
    private static int Folded(ConvolutionGeometry g) =>
        g.Mode == PaddingMode.Zeros ? 1 : Copies(g.Depth) * Copies(g.Height) * Copies(g.Width);

    private static int Copies(WindowAxis axis) => 1 + axis.PadBefore + axis.PadAfter;

    private static float[] Normal(long count, Rng rng) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)rng.NextNormal())];

    private static float[] Absolute(float[] values) => Array.ConvertAll(values, Math.Abs);

    private static void AssertSame(ConvolutionGeometry g, string what, float[] expected, float[] actual)
    {
        for (int e = 0; e < expected.Length; e++)
        {
            if (expected[e] != actual[e])
            {
                Assert.Fail($"{g}: {what}[{e}] expected {expected[e]}, got {actual[e]}");
            }
        }
    }

    private static void AssertWithin(
        ConvolutionGeometry g,
        string what,
        float[] expected,
        float[] actual,
        float[] magnitude,
        int terms
    )
    {
        for (int e = 0; e < expected.Length; e++)
        {
            double bound = 2.0 * Math.Pow(2, -24) * Math.Sqrt(terms + 1) * magnitude[e] * 2 + 1e-30;
            if (!(Math.Abs(expected[e] - (double)actual[e]) <= bound))
            {
                Assert.Fail($"{g}: {what}[{e}] expected {expected[e]:R}, got {actual[e]:R}, bound {bound:R}");
            }
        }
    }

    /// <summary>All passes of one geometry by one path.</summary>
    private sealed record Passes(float[] Y, float[] Dx, float[] Dw)
    {
        public static Passes Of(ConvolutionGeometry g, float[] x, float[] w, float[] b, float[] dy, int bits)
        {
            using NativeBuffer bx = new(x),
                bw = new(w),
                bb = new(b),
                bdy = new(dy),
                by = new(dy.Length),
                bdx = new(x.Length),
                bdw = new(w.Length);
            AlgorithmChoice planes = new(ConvolutionAlgorithm.Planes, "test", 0);
            ConvolutionPlan plan = new(g, planes, planes, planes);
            switch (bits)
            {
                case 0:
                    ReferenceConvolution<float>.Forward(g, bx.Pointer, bw.Pointer, bb.Pointer, by.Pointer);
                    ReferenceConvolution<float>.BackwardData(g, bdy.Pointer, bw.Pointer, bdx.Pointer);
                    ReferenceConvolution<float>.BackwardWeights(g, bx.Pointer, bdy.Pointer, bdw.Pointer);
                    break;
                case 512:
                    Run<Vector512<float>, Simd512>(plan, bx, bw, bb, bdy, by, bdx, bdw);
                    break;
                case 256:
                    Run<Vector256<float>, Simd256>(plan, bx, bw, bb, bdy, by, bdx, bdw);
                    break;
                default:
                    Run<Vector128<float>, Simd128>(plan, bx, bw, bb, bdy, by, bdx, bdw);
                    break;
            }

            Assert.True(
                by.GuardsAreIntact() && bdx.GuardsAreIntact() && bdw.GuardsAreIntact() && bx.GuardsAreIntact(),
                $"{g}, {bits} bits: wrote outside a buffer"
            );
            return new Passes(by.ToArray(), bdx.ToArray(), bdw.ToArray());
        }

        private static void Run<TVec, TSimd>(
            ConvolutionPlan plan,
            NativeBuffer x,
            NativeBuffer w,
            NativeBuffer b,
            NativeBuffer dy,
            NativeBuffer y,
            NativeBuffer dx,
            NativeBuffer dw
        )
            where TVec : struct
            where TSimd : struct, ISimd<TVec>
        {
            DirectForward<TVec, TSimd>.Run(plan, x.Pointer, w.Pointer, b.Pointer, y.Pointer);
            DirectBackwardData<TVec, TSimd>.Run(plan, dy.Pointer, w.Pointer, null, dx.Pointer);
            DirectBackwardWeights<TVec, TSimd>.Run(plan, x.Pointer, dy.Pointer, dw.Pointer);
        }
    }
}
