using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Where the tiles of one plane product go.</summary>
/// <param name="Rows">Channels computed.</param>
/// <param name="K">Products a sum.</param>
/// <param name="Pitch">Floats of a source row.</param>
/// <param name="ValidWidth">Outputs a row.</param>
/// <param name="ValidHeight">Rows.</param>
/// <param name="ChannelStride">Floats between channels of the destination.</param>
/// <param name="RowStride">Floats between rows of the destination.</param>
/// <param name="Step">Floats between columns of the destination.</param>
internal readonly record struct PlaneProduct(
    int Rows,
    int K,
    int Pitch,
    int ValidWidth,
    int ValidHeight,
    long ChannelStride,
    long RowStride,
    int Step
)
{
    /// <summary>Flat columns from the first output to the last.</summary>
    public int Columns => ValidHeight <= 0 || ValidWidth <= 0 ? 0 : ((ValidHeight - 1) * Pitch) + ValidWidth;

    /// <summary>Whether flat columns are destination columns one to one.</summary>
    public bool IsContiguous => Step == 1 && Pitch == ValidWidth && RowStride == ValidWidth;
}

/// <summary>Runs the microkernel over the tiles of a plane.</summary>
internal static unsafe class ColumnTiles<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>Computes tiles of rows [firstRow, endRow) and flat columns [firstColumn, endColumn).</summary>
    /// <param name="p">The product.</param>
    /// <param name="packed">Left matrix, packed for <paramref name="tileRows"/>.</param>
    /// <param name="tileRows">Rows of a tile; firstRow is a multiple.</param>
    /// <param name="source">Right planes.</param>
    /// <param name="offsets">K offsets.</param>
    /// <param name="initial">First values of the sums, a float a row, padded to whole tiles.</param>
    /// <param name="destination">First channel's plane.</param>
    /// <param name="firstRow">First row.</param>
    /// <param name="endRow">End of rows.</param>
    /// <param name="firstColumn">First flat column.</param>
    /// <param name="endColumn">End of flat columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        in PlaneProduct p,
        float* packed,
        int tileRows,
        float* source,
        int* offsets,
        float* initial,
        float* destination,
        int firstRow,
        int endRow,
        int firstColumn,
        int endColumn
    )
    {
        float* tile = stackalloc float[8 * 48];
        int lanes = TSimd.Count,
            widest = Microkernel<TVec, TSimd>.WidestTile(tileRows);
        bool contiguous = p.IsContiguous;
        for (int column = firstColumn; column < endColumn; )
        {
            int vectors = Microkernel<TVec, TSimd>.TileVectors(tileRows, (endColumn - column + lanes - 1) / lanes);
            int width = Math.Min(vectors * lanes, endColumn - column);
            for (int row = firstRow; row < endRow; row += tileRows)
            {
                int rows = Math.Min(tileRows, endRow - row);
                float* a = packed + ((long)row * p.K);
                float* d = destination + (row * p.ChannelStride);
                if (contiguous && rows == tileRows && width == vectors * lanes)
                {
                    Microkernel<TVec, TSimd>.Run(
                        tileRows,
                        vectors,
                        a,
                        source + column,
                        offsets,
                        p.K,
                        initial + row,
                        d + column,
                        (nint)p.ChannelStride
                    );
                }
                else
                {
                    Microkernel<TVec, TSimd>.Run(
                        tileRows,
                        vectors,
                        a,
                        source + column,
                        offsets,
                        p.K,
                        initial + row,
                        tile,
                        widest
                    );
                    TileStore.Rows(
                        tile,
                        widest,
                        rows,
                        column,
                        width,
                        p.Pitch,
                        p.ValidWidth,
                        d,
                        p.ChannelStride,
                        p.RowStride,
                        p.Step
                    );
                }
            }

            column += vectors * lanes;
        }
    }
}
