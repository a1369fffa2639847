using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The inner loop of matrix products and convolutions: c[r, j] = initial[r] + sum over i of a[i, r] *
/// b[offsets[i] + j].</summary>
/// <remarks>
/// <para>The sources are given by a table of offsets rather than a stride. With offsets i * ldb it is a matrix product;
/// with the offsets of
/// a filter's taps in a padded image it is a convolution that never copies the image out (the idea of indirect
/// convolution, Dukhan 2019, on planes instead of pixels).</para>
/// <para>Lanes: consecutive j. a is packed [k][rows]. Reads up to one vector less one float past the last j asked for;
/// writes whole vectors.
/// Numerics: one sum per output in the order of i, fused where the hardware fuses; the same for every tile
/// shape.</para>
/// </remarks>
internal static unsafe partial class Microkernel<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>Floats in a vector.</summary>
    public static int Lanes => TSimd.Count;

    /// <summary>Rows a tile takes for a matrix of that many rows: 8 where registers allow, 4, or 1.</summary>
    public static int TileRows(int rows) =>
        rows == 1 ? 1
        : rows <= 4 || TSimd.Count < 16 ? 4
        : 8;

    /// <summary>Vectors the next tile takes when that many are left.</summary>
    public static int TileVectors(int tileRows, int vectorsLeft) =>
        tileRows == 1
            ? vectorsLeft >= 8
                ? 8
                : vectorsLeft >= 4
                    ? 4
                    : Math.Min(vectorsLeft, 2)
            : vectorsLeft == 4
                ? 2
                : Math.Min(vectorsLeft, 3);

    /// <summary>Most floats a tile writes in a row.</summary>
    public static int WidestTile(int tileRows) => (tileRows == 1 ? 8 : 3) * TSimd.Count;

    /// <summary>Computes one tile.</summary>
    /// <param name="tileRows">1, 4 or 8.</param>
    /// <param name="vectors">As <see cref="TileVectors"/> says.</param>
    /// <param name="a">Packed [k][tileRows].</param>
    /// <param name="b">Sources; row i of the product starts at b + offsets[i].</param>
    /// <param name="offsets">k offsets in floats.</param>
    /// <param name="k">Products a sum.</param>
    /// <param name="initial">tileRows values the sums start from.</param>
    /// <param name="c">Destination, tileRows rows of vectors * Lanes floats.</param>
    /// <param name="rowStride">Floats between rows of c.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        int tileRows,
        int vectors,
        float* a,
        float* b,
        int* offsets,
        int k,
        float* initial,
        float* c,
        nint rowStride
    )
    {
        switch ((tileRows * 10) + vectors)
        {
            case 83:
                Rows8Vectors3(a, b, offsets, k, initial, c, rowStride);
                break;
            case 82:
                Rows8Vectors2(a, b, offsets, k, initial, c, rowStride);
                break;
            case 81:
                Rows8Vectors1(a, b, offsets, k, initial, c, rowStride);
                break;
            case 43:
                Rows4Vectors3(a, b, offsets, k, initial, c, rowStride);
                break;
            case 42:
                Rows4Vectors2(a, b, offsets, k, initial, c, rowStride);
                break;
            case 41:
                Rows4Vectors1(a, b, offsets, k, initial, c, rowStride);
                break;
            case 18:
                Rows1Vectors8(a, b, offsets, k, initial, c, rowStride);
                break;
            case 14:
                Rows1Vectors4(a, b, offsets, k, initial, c, rowStride);
                break;
            case 12:
                Rows1Vectors2(a, b, offsets, k, initial, c, rowStride);
                break;
            default:
                Rows1Vectors1(a, b, offsets, k, initial, c, rowStride);
                break;
        }
    }
}
