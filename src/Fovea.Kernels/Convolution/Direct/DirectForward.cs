namespace Fovea.Kernels;

/// <summary>Forward convolution on plain NCHW tensors, without copying windows out: every tap is a shifted plane of the
/// padded image.</summary>
/// <remarks>
/// Lanes: consecutive outputs of a row (and over row ends, in columns that are then left behind). Numerics: bias first,
/// then one sum in the order
/// channel, tap. Any stride, dilation, group count, padding and mode, in one to three dimensions.
/// </remarks>
internal static unsafe class DirectForward<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    // At least so many independent (image, group) pairs are worth a chunk each; below, an image's tiles are shared out.
    private const int EnoughImages = 8;

    /// <summary>y = conv(x, w) + bias; y is overwritten, bias may be null.</summary>
    public static void Run(ConvolutionPlan plan, float* x, float* w, float* bias, float* y)
    {
        ConvolutionGeometry g = plan.Geometry;
        int k = g.InPerGroup * g.Taps,
            tileRows = Microkernel<TVec, TSimd>.TileRows(g.OutPerGroup);
        long packedSize = PackedRows.Size(g.OutPerGroup, k, tileRows);
        using Scratch packed = new((packedSize * g.Groups) + 1);
        using Scratch initial = new(((long)(g.OutPerGroup + 8) * g.Groups) + 1);
        float* left = packed.Pointer,
            start = initial.Pointer;
        for (int group = 0; group < g.Groups; group++)
        {
            PackedRows.Pack(
                w + ((long)group * g.OutPerGroup * k),
                g.OutPerGroup,
                k,
                k,
                1,
                tileRows,
                left + (group * packedSize)
            );
            FirstValues(
                bias is null ? null : bias + (group * g.OutPerGroup),
                g.OutPerGroup,
                start + (group * (g.OutPerGroup + 8))
            );
        }

        fixed (int* offsets = plan.InputOffsets)
        {
            int* table = offsets;
            if (g.Batch * g.Groups >= EnoughImages)
            {
                WorkerPool.For(
                    g.Batch * g.Groups,
                    job =>
                        Image(
                            plan,
                            x,
                            left + (job % g.Groups * packedSize),
                            tileRows,
                            table,
                            start + (job % g.Groups * (g.OutPerGroup + 8)),
                            y,
                            job
                        )
                );
            }
            else
            {
                for (int job = 0; job < g.Batch * g.Groups; job++)
                {
                    SharedImage(
                        plan,
                        x,
                        left + (job % g.Groups * packedSize),
                        tileRows,
                        table,
                        start + (job % g.Groups * (g.OutPerGroup + 8)),
                        y,
                        job
                    );
                }
            }
        }
    }

    private static void FirstValues(float* bias, int rows, float* destination)
    {
        for (int i = 0; i < rows + 8; i++)
        {
            destination[i] = bias is null || i >= rows ? 0 : bias[i];
        }
    }

    private static PlaneProduct Product(in ConvolutionGeometry g, PhaseLayout layout) =>
        new(g.OutPerGroup, g.InPerGroup * g.Taps, layout.Width, g.Width.Out, g.Height.Out, g.OutPlane, g.Width.Out, 1);

    /// <summary>One group of one image, by one thread.</summary>
    private static void Image(
        ConvolutionPlan plan,
        float* x,
        float* left,
        int tileRows,
        int* offsets,
        float* initial,
        float* y,
        int job
    )
    {
        ConvolutionGeometry g = plan.Geometry;
        PhaseLayout layout = plan.Layout;
        PlaneProduct product = Product(g, layout);
        float* planes = x + ((long)job * g.InPerGroup * g.InPlane);
        using Scratch padded = new(layout.IsInput ? 1 : (g.InPerGroup * layout.ChannelSize) + TSimd.Count);
        if (!layout.IsInput)
        {
            for (int c = 0; c < g.InPerGroup; c++)
            {
                layout.Copy(planes + ((long)c * g.InPlane), g, padded.Pointer + (c * layout.ChannelSize));
            }

            planes = padded.Pointer;
        }

        float* output = y + ((long)job * g.OutPerGroup * g.OutPlane);
        for (int d = 0; d < g.Depth.Out; d++)
        {
            ColumnTiles<TVec, TSimd>.Run(
                product,
                left,
                tileRows,
                planes + ((long)d * layout.Height * layout.Width),
                offsets,
                initial,
                output + ((long)d * g.Height.Out * g.Width.Out),
                0,
                g.OutPerGroup,
                0,
                product.Columns
            );
        }
    }

    /// <summary>One group of one image, its channels and then its tiles shared out over the threads.</summary>
    private static void SharedImage(
        ConvolutionPlan plan,
        float* x,
        float* left,
        int tileRows,
        int* offsets,
        float* initial,
        float* y,
        int job
    )
    {
        const int RowsPerChunk = 32,
            TilesPerChunk = 4;
        ConvolutionGeometry g = plan.Geometry;
        PhaseLayout layout = plan.Layout;
        PlaneProduct product = Product(g, layout);
        float* input = x + ((long)job * g.InPerGroup * g.InPlane);
        using Scratch padded = new(layout.IsInput ? 1 : (g.InPerGroup * layout.ChannelSize) + TSimd.Count);
        float* planes = layout.IsInput ? input : padded.Pointer;
        if (!layout.IsInput)
        {
            WorkerPool.For(
                g.InPerGroup,
                c => layout.Copy(input + ((long)c * g.InPlane), g, planes + (c * layout.ChannelSize))
            );
        }

        float* output = y + ((long)job * g.OutPerGroup * g.OutPlane);
        int columnsPerChunk = TilesPerChunk * Microkernel<TVec, TSimd>.WidestTile(tileRows);
        int columnChunks = (product.Columns + columnsPerChunk - 1) / columnsPerChunk,
            rowChunks = (g.OutPerGroup + RowsPerChunk - 1) / RowsPerChunk;
        WorkerPool.For(
            g.Depth.Out * rowChunks * columnChunks,
            chunk =>
            {
                int column = chunk % columnChunks * columnsPerChunk,
                    row = chunk / columnChunks % rowChunks * RowsPerChunk,
                    d = chunk / (columnChunks * rowChunks);
                ColumnTiles<TVec, TSimd>.Run(
                    product,
                    left,
                    tileRows,
                    planes + ((long)d * layout.Height * layout.Width),
                    offsets,
                    initial,
                    output + ((long)d * g.Height.Out * g.Width.Out),
                    row,
                    Math.Min(row + RowsPerChunk, g.OutPerGroup),
                    column,
                    Math.Min(column + columnsPerChunk, product.Columns)
                );
            }
        );
    }
}
