namespace Fovea.Kernels;

/// <summary>The gradient of a convolution's input, without scattering: one stride-1 product a phase (see
/// <see cref="GradientPhase"/>).</summary>
/// <remarks>Numerics: one sum an element in the order output channel, tap; with padding modes other than zeros the sums
/// of one input position are then added in the order of padded positions.</remarks>
internal static unsafe class DirectBackwardData<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>dx = gradient of x, plus <paramref name="bias"/> a channel where this serves as a transposed
    /// convolution's forward pass; dx is overwritten.</summary>
    public static void Run(ConvolutionPlan plan, float* dy, float* w, float* bias, float* dx)
    {
        ConvolutionGeometry g = plan.Geometry;
        GradientPhase[] phases = plan.GradientPhases;
        GradientMargins margins = new(g, phases);
        int tileRows = Microkernel<TVec, TSimd>.TileRows(g.InPerGroup);
        long[] starts = new long[phases.Length];
        int[][] offsets = new int[phases.Length][];
        long total = 0;
        for (int i = 0; i < phases.Length; i++)
        {
            starts[i] = total;
            offsets[i] = phases[i].Offsets(g.OutPerGroup, margins);
            total += PackedRows.Size(g.InPerGroup, offsets[i].Length, tileRows);
        }

        long groupSize = total;
        using Scratch packed = new((groupSize * g.Groups) + 1);
        using Scratch initial = new((g.InPerGroup + 8) * g.Groups);
        float* left = packed.Pointer,
            start = initial.Pointer;
        for (int group = 0; group < g.Groups; group++)
        {
            for (int i = 0; i < phases.Length; i++)
            {
                Pack(
                    g,
                    phases[i],
                    w + ((long)group * g.OutPerGroup * g.InPerGroup * g.Taps),
                    tileRows,
                    left + (group * groupSize) + starts[i]
                );
            }

            for (int c = 0; c < g.InPerGroup + 8; c++)
            {
                start[(group * (g.InPerGroup + 8)) + c] =
                    bias is null || c >= g.InPerGroup ? 0 : bias[(group * g.InPerGroup) + c];
            }
        }

        WorkerPool.For(
            g.Batch * g.Groups,
            job =>
            {
                int group = job % g.Groups;
                Image(
                    g,
                    phases,
                    margins,
                    offsets,
                    starts,
                    left + (group * groupSize),
                    tileRows,
                    start + (group * (g.InPerGroup + 8)),
                    dy,
                    dx,
                    job
                );
            }
        );
    }

    /// <summary>Packs the filters of one phase with input channels as rows: element (c, (o, tap)) is w[o, c,
    /// tap].</summary>
    private static void Pack(ConvolutionGeometry g, GradientPhase phase, float* w, int tileRows, float* destination)
    {
        int[] taps = [.. phase.TapIndices(g)];
        int k = g.OutPerGroup * taps.Length;
        for (int first = 0; first < g.InPerGroup; first += tileRows)
        {
            float* d = destination + ((long)first * k);
            for (int o = 0; o < g.OutPerGroup; o++)
            {
                foreach (int tap in taps)
                {
                    for (int r = 0; r < tileRows; r++)
                    {
                        *d++ =
                            first + r < g.InPerGroup ? w[((((long)o * g.InPerGroup) + first + r) * g.Taps) + tap] : 0;
                    }
                }
            }
        }
    }

    private static void Image(
        ConvolutionGeometry g,
        GradientPhase[] phases,
        GradientMargins margins,
        int[][] offsets,
        long[] starts,
        float* left,
        int tileRows,
        float* initial,
        float* dy,
        float* dx,
        int job
    )
    {
        float* planes = dy + ((long)job * g.OutPerGroup * g.OutPlane);
        using Scratch margined = new(margins.IsNone ? 1 : (g.OutPerGroup * margins.ChannelSize) + TSimd.Count);
        if (!margins.IsNone)
        {
            for (int o = 0; o < g.OutPerGroup; o++)
            {
                AddMargins(planes + ((long)o * g.OutPlane), margins, margined.Pointer + (o * margins.ChannelSize));
            }

            planes = margined.Pointer;
        }

        float* gradient = dx + ((long)job * g.InPerGroup * g.InPlane);
        if (g.Mode == PaddingMode.Zeros)
        {
            Phases(
                g,
                phases,
                margins,
                offsets,
                starts,
                left,
                tileRows,
                initial,
                planes,
                gradient,
                g.Height.In,
                g.Width.In,
                g.InPlane
            );
            return;
        }

        long paddedPlane = (long)g.Depth.Padded * g.Height.Padded * g.Width.Padded;
        using Scratch padded = new(g.InPerGroup * paddedPlane);
        Phases(
            g,
            phases,
            margins,
            offsets,
            starts,
            left,
            tileRows,
            initial,
            planes,
            padded.Pointer,
            g.Height.Padded,
            g.Width.Padded,
            paddedPlane
        );
        Fold(g, padded.Pointer, gradient);
    }

    private static void Phases(
        ConvolutionGeometry g,
        GradientPhase[] phases,
        GradientMargins margins,
        int[][] offsets,
        long[] starts,
        float* left,
        int tileRows,
        float* initial,
        float* planes,
        float* destination,
        int height,
        int width,
        long plane
    )
    {
        for (int i = 0; i < phases.Length; i++)
        {
            GradientPhase phase = phases[i];
            PlaneProduct product = new(
                g.InPerGroup,
                offsets[i].Length,
                margins.Width.Length,
                phase.Width.Count,
                phase.Height.Count,
                plane,
                (long)width * g.Height.Stride,
                g.Width.Stride
            );
            float* corner = destination + ((long)phase.Height.Position * width) + phase.Width.Position;
            fixed (int* table = offsets[i])
            {
                for (int d = 0; d < phase.Depth.Count; d++)
                {
                    long depth = phase.Depth.Position + ((long)d * g.Depth.Stride);
                    ColumnTiles<TVec, TSimd>.Run(
                        product,
                        left + starts[i],
                        tileRows,
                        planes + ((long)d * margins.Height.Length * margins.Width.Length),
                        table,
                        initial,
                        corner + (depth * height * width),
                        0,
                        g.InPerGroup,
                        0,
                        product.Columns
                    );
                }
            }
        }
    }

    private static void AddMargins(float* plane, GradientMargins m, float* destination)
    {
        int slice = m.Height.Length * m.Width.Length,
            above = m.Height.Before * m.Width.Length,
            below = m.Height.After * m.Width.Length;
        new Span<float>(destination, m.Depth.Before * slice).Clear();
        destination += m.Depth.Before * slice;
        for (int d = 0; d < m.Depth.Out; d++, destination += slice, plane += m.Height.Out * m.Width.Out)
        {
            new Span<float>(destination, above).Clear();
            PlaneCopy.Rows(plane, m.Height.Out, m.Width.Out, destination + above, m.Width.Before, m.Width.Length);
            new Span<float>(destination + slice - below, below).Clear();
        }

        new Span<float>(destination, m.Depth.After * slice).Clear();
    }

    /// <summary>Adds each padded position's gradient to the input position it was a copy of.</summary>
    private static void Fold(ConvolutionGeometry g, float* padded, float* gradient)
    {
        int[] depth = g.Depth.SourceMap(g.Mode),
            height = g.Height.SourceMap(g.Mode),
            width = g.Width.SourceMap(g.Mode);
        new Span<float>(gradient, checked(g.InPerGroup * g.InPlane)).Clear();
        for (int c = 0; c < g.InPerGroup; c++, gradient += g.InPlane)
        {
            foreach (int d in depth)
            {
                foreach (int h in height)
                {
                    float* row = gradient + ((((long)d * g.Height.In) + h) * g.Width.In);
                    foreach (int v in width)
                    {
                        row[v] += *padded++;
                    }
                }
            }
        }
    }
}
