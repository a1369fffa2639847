using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>The gradient of a convolution's weight: dot products of output-gradient planes with shifted input
/// planes.</summary>
/// <remarks>
/// Images are cut into blocks that fit the level-2 cache, blocks into jobs; each job has its own sums, added in the
/// order of jobs.
/// Both cuts follow from the geometry alone. Within a block a channel's images lie side by side, so that the dot
/// products read long runs. Lanes: consecutive positions of a plane, surplus columns of dy being zero.
/// </remarks>
internal static unsafe class DirectBackwardWeights<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    private const long BlockFloats = 160 * 1024;
    private const int MostJobs = 16;
    private const int FewImageJobs = 4; // below, filters are shared out too, at the price of copying the images again
    private const int RowsPerSharedJob = 32;

    /// <summary>dw = gradient of the weight; dw is overwritten.</summary>
    public static void Run(ConvolutionPlan plan, float* x, float* dy, float* dw)
    {
        ConvolutionGeometry g = plan.Geometry;
        Cut cut = new(plan);
        long count = g.WeightCount;
        using Scratch partial = new(cut.ImageJobs > 1 ? count * cut.ImageJobs : 1);
        float* sums = cut.ImageJobs > 1 ? partial.Pointer : dw;
        WorkerPool.For(
            cut.ImageJobs * g.Groups * cut.RowJobs,
            job =>
            {
                int rowJob = job % cut.RowJobs,
                    group = job / cut.RowJobs % g.Groups,
                    imageJob = job / (cut.RowJobs * g.Groups);
                Job(plan, cut, x, dy, sums + (imageJob * count), group, rowJob * cut.JobRows, imageJob);
            }
        );
        if (cut.ImageJobs > 1)
        {
            Chunks.For(
                count,
                (start, length) =>
                {
                    Span<float> to = new(dw + start, length);
                    new ReadOnlySpan<float>(sums + start, length).CopyTo(to);
                    for (int i = 1; i < cut.ImageJobs; i++)
                    {
                        TensorPrimitives.Add(to, new ReadOnlySpan<float>(sums + (i * count) + start, length), to);
                    }
                }
            );
        }
    }

    /// <summary>The sums of one job: some filters of one group over some images.</summary>
    private static void Job(
        ConvolutionPlan plan,
        Cut cut,
        float* x,
        float* dy,
        float* dw,
        int group,
        int firstRow,
        int imageJob
    )
    {
        ConvolutionGeometry g = plan.Geometry;
        int rows = Math.Min(cut.JobRows, g.OutPerGroup - firstRow),
            k = g.InPerGroup * g.Taps;
        using Scratch planes = new((g.InPerGroup * cut.ChannelPitch) + TSimd.Count);
        using Scratch gradients = new(rows * cut.RowPitch);
        float* destination = dw + (((long)group * g.OutPerGroup) + firstRow) * k;
        new Span<float>(destination, rows * k).Clear();
        int end = Math.Min(g.Batch, (imageJob + 1) * cut.JobImages);
        for (int first = imageJob * cut.JobImages; first < end; first += cut.BlockImages)
        {
            int block = Math.Min(cut.BlockImages, end - first);
            for (int i = 0; i < block; i++)
            {
                CopyInput(plan, cut, x, group, first + i, planes.Pointer + (i * plan.Layout.ChannelSize));
                CopyGradient(
                    g,
                    cut,
                    dy,
                    (group * g.OutPerGroup) + firstRow,
                    rows,
                    first + i,
                    gradients.Pointer + (i * cut.GradientSize)
                );
            }

            for (int c = 0; c < g.InPerGroup; c++)
            {
                // The last vector of a channel's last image reads here, against zeros.
                new Span<float>(
                    planes.Pointer + (c * cut.ChannelPitch) + (block * plan.Layout.ChannelSize),
                    TSimd.Count
                ).Clear();
            }

            Block(plan, cut, planes.Pointer, gradients.Pointer, rows, block, destination);
        }
    }

    private static void CopyInput(ConvolutionPlan plan, Cut cut, float* x, int group, int image, float* destination)
    {
        ConvolutionGeometry g = plan.Geometry;
        float* planes = x + ((((long)image * g.InChannels) + (group * g.InPerGroup)) * g.InPlane);
        for (int c = 0; c < g.InPerGroup; c++)
        {
            plan.Layout.Copy(planes + ((long)c * g.InPlane), g, destination + (c * cut.ChannelPitch));
        }
    }

    /// <summary>Spreads the rows of dy to the pitch of the input planes; the surplus is zero.</summary>
    private static void CopyGradient(
        ConvolutionGeometry g,
        Cut cut,
        float* dy,
        int firstChannel,
        int rows,
        int image,
        float* destination
    )
    {
        int width = g.Width.Out;
        for (int r = 0; r < rows; r++)
        {
            float* plane = dy + ((((long)image * g.OutChannels) + firstChannel + r) * g.OutPlane);
            float* to = destination + (r * cut.RowPitch);
            for (int d = 0; d < g.Depth.Out; d++, plane += g.Height.Out * width, to += cut.SliceSize)
            {
                // The last row has no surplus columns, but the slice is filled up to whole vectors.
                int flat = ((g.Height.Out - 1) * cut.Pitch) + width;
                PlaneCopy.Rows(plane, g.Height.Out - 1, width, to, 0, cut.Pitch);
                new ReadOnlySpan<float>(plane + ((g.Height.Out - 1) * width), width).CopyTo(
                    new Span<float>(to + flat - width, width)
                );
                new Span<float>(to + flat, (int)cut.SliceSize - flat).Clear();
            }
        }
    }

    private static void Block(
        ConvolutionPlan plan,
        Cut cut,
        float* planes,
        float* gradients,
        int rows,
        int images,
        float* dw
    )
    {
        ConvolutionGeometry g = plan.Geometry;
        int[] offsets = cut.Offsets;
        int k = offsets.Length,
            segments = images * g.Depth.Out;
        int tileRows = DotTiles<TVec, TSimd>.Rows,
            tileColumns = DotTiles<TVec, TSimd>.Columns;
        using Scratch table = new(4L * segments);
        long* aSegments = (long*)table.Pointer,
            bSegments = aSegments + segments;
        for (int s = 0; s < segments; s++)
        {
            int image = s / g.Depth.Out,
                d = s % g.Depth.Out;
            aSegments[s] = (image * cut.GradientSize) + (d * cut.SliceSize);
            bSegments[s] = (image * plan.Layout.ChannelSize) + ((long)d * plan.Layout.Height * plan.Layout.Width);
        }

        float** a = stackalloc float*[4];
        float** b = stackalloc float*[6];
        float* sums = stackalloc float[24];
        for (int column = 0; column < k; column += tileColumns)
        {
            for (int c = 0; c < tileColumns; c++)
            {
                b[c] = planes + offsets[Math.Min(column + c, k - 1)];
            }

            for (int row = 0; row < rows; row += tileRows)
            {
                for (int r = 0; r < tileRows; r++)
                {
                    a[r] = gradients + (Math.Min(row + r, rows - 1) * cut.RowPitch);
                }

                DotTiles<TVec, TSimd>.Run(
                    a,
                    b,
                    aSegments,
                    bSegments,
                    segments,
                    (int)(cut.SliceSize / TSimd.Count),
                    sums
                );
                for (int r = 0; r < Math.Min(tileRows, rows - row); r++)
                {
                    for (int c = 0; c < Math.Min(tileColumns, k - column); c++)
                    {
                        dw[((long)(row + r) * k) + column + c] += sums[(r * tileColumns) + c];
                    }
                }
            }
        }
    }

    /// <summary>How the work is cut. Depends on the geometry alone (and on the vector width, through the length of a
    /// padded row of dy).</summary>
    private sealed class Cut
    {
        public Cut(ConvolutionPlan plan)
        {
            ConvolutionGeometry g = plan.Geometry;
            Pitch = plan.Layout.Width;
            long columns = ((long)(g.Height.Out - 1) * Pitch) + g.Width.Out;
            SliceSize = (columns + TSimd.Count - 1) / TSimd.Count * TSimd.Count;
            GradientSize = SliceSize * g.Depth.Out;
            JobRows = g.Batch * g.Groups >= FewImageJobs ? g.OutPerGroup : Math.Min(RowsPerSharedJob, g.OutPerGroup);
            RowJobs = (g.OutPerGroup + JobRows - 1) / JobRows;
            long image = (g.InPerGroup * plan.Layout.ChannelSize) + (JobRows * GradientSize);
            BlockImages = (int)Math.Clamp(BlockFloats / Math.Max(image, 1), 1, g.Batch);
            int most = g.WeightCount > 1 << 20 ? 2 : MostJobs;
            int blocks = (g.Batch + BlockImages - 1) / BlockImages;
            int wanted = Math.Min(Math.Min(most, g.Batch), Math.Max(blocks, 8));
            JobImages = (g.Batch + wanted - 1) / wanted;
            BlockImages = Math.Min(BlockImages, JobImages);
            ImageJobs = (g.Batch + JobImages - 1) / JobImages;
            ChannelPitch = (BlockImages * plan.Layout.ChannelSize) + TSimd.Count;
            RowPitch = BlockImages * GradientSize;
            Offsets = plan.Layout.Offsets(g.InPerGroup, ChannelPitch, g);
        }

        public int Pitch { get; }

        public long SliceSize { get; }

        public long GradientSize { get; }

        /// <summary>Floats between input channels of a block.</summary>
        public long ChannelPitch { get; }

        /// <summary>Floats between rows of a block of dy.</summary>
        public long RowPitch { get; }

        public int[] Offsets { get; }

        public int BlockImages { get; }

        public int JobImages { get; }

        public int ImageJobs { get; }

        public int RowJobs { get; }

        public int JobRows { get; }
    }
}
