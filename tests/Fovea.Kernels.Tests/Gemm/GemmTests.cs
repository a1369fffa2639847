using System.Runtime.Intrinsics;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

public sealed unsafe class GemmTests
{
    // Around every tile height and vector width: 1, 4, 8 rows; 4, 8, 16 lanes; the 192 columns of a chunk.
    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            TheoryData<int, int, int> data = [];
            foreach (int m in new[] { 1, 2, 4, 5, 8, 9, 17 })
            {
                foreach (int n in new[] { 1, 3, 4, 15, 16, 17, 47, 48, 49, 64, 193 })
                {
                    data.Add(m, n, ((m * 7) + n) % 23);
                }
            }

            // Around the 128 rows of a unit and the 256 products of a part of a sum; few and many rows.
            data.Add(3, 200, 255);
            data.Add(17, 50, 256);
            data.Add(17, 193, 257);
            data.Add(129, 49, 513);
            data.Add(260, 400, 3);
            data.Add(3, 5, 0);
            data.Add(0, 5, 4);
            data.Add(3, 0, 4);
            return data;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Multiply_WholeNumbers_EqualsTheDefinitionAtEveryWidth(int m, int n, int k)
    {
        foreach (bool transposeA in new[] { false, true })
        {
            foreach (bool transposeB in new[] { false, true })
            {
                float[] a = IntegerData.X((long)m * k),
                    b = IntegerData.W((long)k * n),
                    bias = IntegerData.B(n);
                float[] expected = Definition(transposeA, transposeB, m, n, k, a, b, bias);
                foreach (int bits in new[] { 512, 256, 128 })
                {
                    using NativeBuffer ba = new(a),
                        bb = new(b),
                        bias0 = new(bias),
                        c = new((long)m * n);
                    Run(bits, transposeA, transposeB, m, n, k, ba, bb, c, bias0);
                    Assert.True(
                        expected.AsSpan().SequenceEqual(c.ToArray()),
                        $"{bits} bits, a {(transposeA ? "transposed" : "plain")}, b {(transposeB ? "transposed" : "plain")}, {m}x{k} * {k}x{n}: wrong result"
                    );
                    Assert.True(c.GuardsAreIntact(), $"{bits} bits, {m}x{k} * {k}x{n}: wrote outside c");
                }
            }
        }
    }

    [Theory, InlineData(512), InlineData(256), InlineData(128)]
    public void Multiply_ResultLargerThanCaches_EqualsTheDefinition(int bits)
    {
        const int M = 1050,
            N = 8000,
            K = 3;
        float[] a = IntegerData.X((long)M * K),
            b = IntegerData.W((long)K * N),
            bias = IntegerData.B(N);
        float[] expected = Definition(true, false, M, N, K, a, b, bias);
        using NativeBuffer ba = new(a),
            bb = new(b),
            bias0 = new(bias),
            c = new((long)M * N);
        Run(bits, true, false, M, N, K, ba, bb, c, bias0);
        Assert.True(expected.AsSpan().SequenceEqual(c.ToArray()), $"{bits} bits: wrong result");
        Assert.True(c.GuardsAreIntact(), $"{bits} bits: wrote outside c");
    }

    private static void Run(
        int bits,
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        NativeBuffer a,
        NativeBuffer b,
        NativeBuffer c,
        NativeBuffer bias
    )
    {
        switch (bits)
        {
            case 512:
                Gemm.Run<Vector512<float>, Simd512>(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    a.Pointer,
                    b.Pointer,
                    c.Pointer,
                    bias.Pointer
                );
                break;
            case 256:
                Gemm.Run<Vector256<float>, Simd256>(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    a.Pointer,
                    b.Pointer,
                    c.Pointer,
                    bias.Pointer
                );
                break;
            default:
                Gemm.Run<Vector128<float>, Simd128>(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    a.Pointer,
                    b.Pointer,
                    c.Pointer,
                    bias.Pointer
                );
                break;
        }
    }

    private static float[] Definition(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float[] a,
        float[] b,
        float[] bias
    )
    {
        float[] c = new float[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                float sum = bias[j];
                for (int p = 0; p < k; p++)
                {
                    sum +=
                        (transposeA ? a[(p * m) + i] : a[(i * k) + p]) * (transposeB ? b[(j * k) + p] : b[(p * n) + j]);
                }

                c[(i * n) + j] = sum;
            }
        }

        return c;
    }
}
