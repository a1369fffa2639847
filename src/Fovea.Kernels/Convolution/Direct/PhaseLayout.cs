namespace Fovea.Kernels;

/// <summary>How a padded image is laid out so that every tap of every window is a shifted plane.</summary>
/// <remarks>
/// Padded positions are split by their remainder modulo the stride ("phase") on each axis: what a tap reads at
/// successive windows
/// then lies side by side, whatever the stride. A channel is [phase depth][phase height][phase
/// width][depth][height][width];
/// phases that no tap reads are left out. Output (od, oh, ow) of a tap is at the tap's offset + (od * Height + oh) *
/// Width + ow.
/// Derived in docs/kernels/direct-convolution.md.
/// </remarks>
internal sealed class PhaseLayout
{
    private readonly AxisPhases _depth,
        _height,
        _width;

    public PhaseLayout(in ConvolutionGeometry g)
    {
        _depth = new AxisPhases(g.Depth, g.Mode);
        _height = new AxisPhases(g.Height, g.Mode);
        _width = new AxisPhases(g.Width, g.Mode);
        IsInput = _depth.IsInput && _height.IsInput && _width.IsInput;
    }

    /// <summary>Positions a phase has on the depth, height and width axis.</summary>
    public int Depth => _depth.Length;

    /// <inheritdoc cref="Depth"/>
    public int Height => _height.Length;

    /// <inheritdoc cref="Depth"/>
    public int Width => _width.Length;

    /// <summary>Floats of a channel.</summary>
    public long ChannelSize => (long)_depth.Slots * _height.Slots * _width.Slots * Depth * Height * Width;

    /// <summary>Whether the layout is the input's own: no padding, stride 1.</summary>
    public bool IsInput { get; }

    /// <summary>For each channel and tap (channel slowest) where its plane starts, channels being
    /// <paramref name="channelPitch"/> floats apart.</summary>
    public int[] Offsets(int channels, long channelPitch, in ConvolutionGeometry g)
    {
        int[] offsets = new int[channels * g.Taps];
        int at = 0;
        for (int c = 0; c < channels; c++)
        {
            for (int d = 0; d < g.Depth.Kernel; d++)
            {
                for (int h = 0; h < g.Height.Kernel; h++)
                {
                    for (int w = 0; w < g.Width.Kernel; w++)
                    {
                        offsets[at++] = checked((int)((c * channelPitch) + TapOffset(d, h, w)));
                    }
                }
            }
        }

        return offsets;
    }

    /// <summary>Copies one channel from the input layout into this one.</summary>
    public unsafe void Copy(float* plane, in ConvolutionGeometry g, float* destination)
    {
        foreach (int phaseDepth in _depth.Used)
        {
            foreach (int phaseHeight in _height.Used)
            {
                foreach (int phaseWidth in _width.Used)
                {
                    CopyPhase(plane, g, phaseDepth, phaseHeight, phaseWidth, destination);
                    destination += (long)Depth * Height * Width;
                }
            }
        }
    }

    /// <summary>Zero padding and stride 1 along the width: whole runs of rows at once.</summary>
    private unsafe void CopyRows(
        float* plane,
        in ConvolutionGeometry g,
        int phaseDepth,
        int phaseHeight,
        float* destination
    )
    {
        for (int d = 0; d < Depth; d++)
        {
            int sourceDepth = _depth.Source(phaseDepth, d);
            for (int h = 0; h < Height; h++, destination += Width)
            {
                int sourceHeight = _height.Source(phaseHeight, h);
                if ((sourceDepth | sourceHeight) < 0)
                {
                    new Span<float>(destination, Width).Clear();
                    continue;
                }

                int rows = 1;
                while (h + rows < Height && _height.Source(phaseHeight, h + rows) == sourceHeight + rows)
                {
                    rows++;
                }

                PlaneCopy.Rows(
                    plane + ((((long)sourceDepth * g.Height.In) + sourceHeight) * g.Width.In),
                    rows,
                    g.Width.In,
                    destination,
                    g.Width.PadBefore,
                    Width
                );
                h += rows - 1;
                destination += (rows - 1) * Width;
            }
        }
    }

    private unsafe void CopyPhase(
        float* plane,
        in ConvolutionGeometry g,
        int phaseDepth,
        int phaseHeight,
        int phaseWidth,
        float* destination
    )
    {
        if (g is { Mode: PaddingMode.Zeros, Width: { Stride: 1, PadAfter: >= 0 } })
        {
            CopyRows(plane, g, phaseDepth, phaseHeight, destination);
            return;
        }

        int[] columns = _width.Sources(phaseWidth);
        for (int d = 0; d < Depth; d++)
        {
            int sourceDepth = _depth.Source(phaseDepth, d);
            for (int h = 0; h < Height; h++, destination += Width)
            {
                int sourceHeight = _height.Source(phaseHeight, h);
                if ((sourceDepth | sourceHeight) < 0)
                {
                    new Span<float>(destination, Width).Clear();
                }
                else
                {
                    CopyRow(
                        plane + ((((long)sourceDepth * g.Height.In) + sourceHeight) * g.Width.In),
                        columns,
                        g.Width,
                        destination
                    );
                }
            }
        }
    }

    private unsafe void CopyRow(float* row, int[] columns, in WindowAxis axis, float* destination)
    {
        int inner = 0,
            innerEnd = 0;
        if (axis.Stride == 1)
        {
            inner = axis.PadBefore;
            innerEnd = Math.Min(axis.PadBefore + axis.In, columns.Length); // shorter where the window stops before the input's end
            new ReadOnlySpan<float>(row, innerEnd - inner).CopyTo(
                new Span<float>(destination + inner, innerEnd - inner)
            );
        }

        for (int i = 0; i < inner; i++)
        {
            destination[i] = columns[i] < 0 ? 0 : row[columns[i]];
        }

        for (int i = innerEnd; i < columns.Length; i++)
        {
            destination[i] = columns[i] < 0 ? 0 : row[columns[i]];
        }
    }

    private long TapOffset(int d, int h, int w)
    {
        (int slotDepth, int shiftDepth) = _depth.Tap(d);
        (int slotHeight, int shiftHeight) = _height.Tap(h);
        (int slotWidth, int shiftWidth) = _width.Tap(w);
        long slot = (((slotDepth * _height.Slots) + slotHeight) * (long)_width.Slots) + slotWidth;
        return (slot * Depth * Height * Width) + ((((long)shiftDepth * Height) + shiftHeight) * Width) + shiftWidth;
    }

    /// <summary>The phases of one axis.</summary>
    private sealed class AxisPhases
    {
        private readonly WindowAxis _axis;
        private readonly int[][] _sources;
        private readonly int[] _slot;

        public AxisPhases(WindowAxis axis, PaddingMode mode)
        {
            _axis = axis;
            Length = (axis.Padded + axis.Stride - 1) / axis.Stride;
            Used =
            [
                .. Enumerable
                    .Range(0, axis.Kernel)
                    .Select(t => (int)((long)t * axis.Dilation % axis.Stride))
                    .Distinct()
                    .Order(),
            ];
            int[] map = axis.SourceMap(mode);
            _sources =
            [
                .. Used.Select(phase =>
                    Enumerable.Range(0, Length).Select(i => At(map, (i * axis.Stride) + phase)).ToArray()
                ),
            ];
            _slot = new int[axis.Stride];
            for (int i = 0; i < Used.Length; i++)
            {
                _slot[Used[i]] = i;
            }
        }

        public int Length { get; }

        public int[] Used { get; }

        public int Slots => Used.Length;

        public bool IsInput => _axis is { Stride: 1, PadBefore: 0, PadAfter: 0 };

        public int[] Sources(int phase) => _sources[_slot[phase]];

        public int Source(int phase, int index) => _sources[_slot[phase]][index];

        public (int Slot, int Shift) Tap(int tap)
        {
            int position = tap * _axis.Dilation;
            return (_slot[position % _axis.Stride], position / _axis.Stride);
        }

        private static int At(int[] map, int position) => position < map.Length ? map[position] : -1;
    }
}
