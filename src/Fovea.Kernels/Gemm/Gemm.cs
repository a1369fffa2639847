using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Matrix product of row-major float matrices.</summary>
internal static unsafe class Gemm
{
    private const int ColumnsPerChunk = 192; // four tiles of 48: enough work a chunk, and a b panel that stays in the level-2 cache

    /// <summary>c[m, n] = op(a)[m, k] * op(b)[k, n] + bias[n]; c is overwritten.</summary>
    /// <param name="transposeA">a is stored [k, m].</param>
    /// <param name="transposeB">b is stored [n, k].</param>
    /// <param name="m">Rows of c.</param>
    /// <param name="n">Columns of c.</param>
    /// <param name="k">Products a sum; 0 gives the bias, or zeros.</param>
    /// <param name="a">Left matrix.</param>
    /// <param name="b">Right matrix.</param>
    /// <param name="c">Result; must not overlap the others.</param>
    /// <param name="biasPerColumn">n values, or null for none.</param>
    /// <remarks>Numerics: one sum per element in the order of k, then the bias.</remarks>
    public static void Multiply(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float* a,
        float* b,
        float* c,
        float* biasPerColumn
    )
    {
        switch (CpuTier.Bits)
        {
            case 512:
                Run<Vector512<float>, Simd512>(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
                break;
            case 256:
                Run<Vector256<float>, Simd256>(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
                break;
            default:
                Run<Vector128<float>, Simd128>(transposeA, transposeB, m, n, k, a, b, c, biasPerColumn);
                break;
        }
    }

    /// <summary>As <see cref="Multiply"/>, at a given vector width.</summary>
    public static void Run<TVec, TSimd>(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float* a,
        float* b,
        float* c,
        float* biasPerColumn
    )
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        int tileRows = Microkernel<TVec, TSimd>.TileRows(m);
        using Scratch packed = new(PackedRows.Size(m, k, tileRows) + 1);
        using Scratch straightened = new(transposeB ? (long)k * n : 1);
        using Scratch table = new(k + 1);
        float* left = packed.Pointer;
        int* offsets = (int*)table.Pointer;
        PackedRows.Pack(a, m, k, transposeA ? 1 : k, transposeA ? m : 1, tileRows, left);
        float* right = b;
        if (transposeB)
        {
            right = straightened.Pointer;
            Transpose(b, n, k, right);
        }

        int chunks = (n + ColumnsPerChunk - 1) / ColumnsPerChunk;
        if (((long)(k - 1) * n) + n > int.MaxValue)
        {
            throw new ArgumentException($"MatMul: the right matrix must have fewer than 2^31 elements, got {k} x {n}.");
        }

        for (int i = 0; i < k; i++)
        {
            offsets[i] = i * n;
        }

        WorkerPool.For(
            chunks,
            chunk =>
            {
                int first = chunk * ColumnsPerChunk;
                Columns<TVec, TSimd>(
                    left,
                    right,
                    offsets,
                    c,
                    biasPerColumn,
                    m,
                    n,
                    k,
                    tileRows,
                    first,
                    Math.Min(first + ColumnsPerChunk, n)
                );
            }
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<TVec, TSimd>(
        float* left,
        float* right,
        int* offsets,
        float* c,
        float* bias,
        int m,
        int n,
        int k,
        int tileRows,
        int first,
        int end
    )
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        int lanes = TSimd.Count,
            widest = Microkernel<TVec, TSimd>.WidestTile(tileRows);
        float* tile = stackalloc float[8 * 48];
        float* zeros = stackalloc float[8];
        new Span<float>(zeros, 8).Clear();
        for (int column = first; column < end; )
        {
            int vectors = Microkernel<TVec, TSimd>.TileVectors(tileRows, (end - column + lanes - 1) / lanes);
            int width = Math.Min(vectors * lanes, end - column);
            for (int row = 0; row < m; row += tileRows)
            {
                Microkernel<TVec, TSimd>.Run(
                    tileRows,
                    vectors,
                    left + ((long)row * k),
                    right + column,
                    offsets,
                    k,
                    zeros,
                    tile,
                    widest
                );
                int rows = Math.Min(tileRows, m - row);
                for (int r = 0; r < rows; r++)
                {
                    StoreRow(
                        tile + (r * widest),
                        c + ((long)(row + r) * n) + column,
                        bias is null ? null : bias + column,
                        width
                    );
                }
            }

            column += vectors * lanes;
        }
    }

    private static void StoreRow(float* tile, float* destination, float* bias, int width)
    {
        Span<float> to = new(destination, width);
        if (bias is null)
        {
            new ReadOnlySpan<float>(tile, width).CopyTo(to);
        }
        else
        {
            System.Numerics.Tensors.TensorPrimitives.Add(
                new ReadOnlySpan<float>(tile, width),
                new ReadOnlySpan<float>(bias, width),
                to
            );
        }
    }

    /// <summary>destination[k, n] = source[n, k] transposed, in blocks that keep both sides' cache lines.</summary>
    private static void Transpose(float* source, int rows, int columns, float* destination)
    {
        const int Block = 16;
        for (int r0 = 0; r0 < rows; r0 += Block)
        {
            for (int c0 = 0; c0 < columns; c0 += Block)
            {
                int r1 = Math.Min(r0 + Block, rows),
                    c1 = Math.Min(c0 + Block, columns);
                for (int col = c0; col < c1; col++)
                {
                    for (int row = r0; row < r1; row++)
                    {
                        destination[((long)col * rows) + row] = source[((long)row * columns) + col];
                    }
                }
            }
        }
    }
}
