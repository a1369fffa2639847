using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Means over whole maps, as squeeze-and-excitation and classifiers take them. First each row is summed, which
/// threads can do for different rows; then these sums are added.</summary>
/// <remarks>The order in which values are added is always the same. It depends neither on where the rows were summed,
/// nor on the vector width.</remarks>
internal static unsafe class BlockedMeans
{
    private const int RowsAtATime = 64;

    /// <summary>Sums rows of a map by channel.</summary>
    /// <param name="layout">Layout of the map.</param>
    /// <param name="item">The map.</param>
    /// <param name="part">Which rows.</param>
    /// <param name="sums">[block][row][16]; only those of the rows given are written.</param>
    /// <param name="plane">Floats from a block of the sums to the next.</param>
    /// <param name="bits">Vector width.</param>
    public static void SumRows(BlockedLayout layout, float* item, MapPart part, float* sums, long plane, int bits)
    {
        delegate* <float*, int, float*, void> sum = bits switch
        {
            512 => &BlockedRows<Vector512<float>, Simd512>.Sum,
            256 => &BlockedRows<Vector256<float>, Simd256>.Sum,
            _ => &BlockedRows<Vector128<float>, Simd128>.Sum,
        };
        for (int block = part.FirstBlock; block < part.EndBlock; block++)
        {
            for (int row = part.FirstRow; row < part.EndRow; row++)
            {
                sum(
                    item + ((long)block * layout.Plane) + layout.RowStart(row),
                    layout.Width,
                    sums + (block * plane) + ((long)row * TileCall.Block)
                );
            }
        }
    }

    /// <summary>The means of a map by channel, from the sums of its rows.</summary>
    /// <param name="sums">[block][row][16].</param>
    /// <param name="plane">Floats from a block of the sums to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="divisor">What the sums are divided by.</param>
    /// <param name="ly">Layout of the result, one pixel.</param>
    /// <param name="y">The result.</param>
    /// <param name="firstBlock">The first channel block.</param>
    /// <param name="endBlock">The one behind the last.</param>
    /// <param name="bits">Vector width.</param>
    public static void OfSums(
        float* sums,
        long plane,
        int rows,
        int divisor,
        BlockedLayout ly,
        float* y,
        int firstBlock,
        int endBlock,
        int bits
    )
    {
        for (int block = firstBlock; block < endBlock; block++)
        {
            float* mean = y + ((long)block * ly.Plane) + ly.Origin;
            new Span<float>(mean, TileCall.Block).Clear();
            AddRows(sums + (block * plane), rows, mean, bits);
            Divide(mean, divisor);
        }
    }

    /// <summary>The means of a map by channel.</summary>
    /// <param name="lx">Layout of the map.</param>
    /// <param name="x">The map.</param>
    /// <param name="divisor">What the sums are divided by.</param>
    /// <param name="ly">Layout of the result, one pixel.</param>
    /// <param name="y">The result.</param>
    /// <param name="firstBlock">The first channel block.</param>
    /// <param name="endBlock">The one behind the last.</param>
    /// <param name="bits">Vector width.</param>
    public static void Of(
        BlockedLayout lx,
        float* x,
        int divisor,
        BlockedLayout ly,
        float* y,
        int firstBlock,
        int endBlock,
        int bits
    )
    {
        float* sums = stackalloc float[RowsAtATime * TileCall.Block];
        for (int block = firstBlock; block < endBlock; block++)
        {
            float* mean = y + ((long)block * ly.Plane) + ly.Origin;
            new Span<float>(mean, TileCall.Block).Clear();
            for (int row = 0; row < lx.Rows; row += RowsAtATime)
            {
                int end = Math.Min(lx.Rows, row + RowsAtATime);
                SumRows(
                    lx,
                    x + ((long)block * lx.Plane),
                    new MapPart(0, 1, row, end),
                    sums - ((long)row * TileCall.Block),
                    0,
                    bits
                );
                AddRows(sums, end - row, mean, bits);
            }

            Divide(mean, divisor);
        }
    }

    private static void AddRows(float* sums, int rows, float* total, int bits)
    {
        switch (bits)
        {
            case 512:
                BlockedRows<Vector512<float>, Simd512>.AddRows(sums, rows, total);
                break;
            case 256:
                BlockedRows<Vector256<float>, Simd256>.AddRows(sums, rows, total);
                break;
            default:
                BlockedRows<Vector128<float>, Simd128>.AddRows(sums, rows, total);
                break;
        }
    }

    private static void Divide(float* sums, int divisor)
    {
        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            sums[lane] /= divisor;
        }
    }
}
