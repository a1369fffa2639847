namespace Fovea.Kernels;

/// <summary>One of the products that make the gradient of the input: all padded positions with one remainder modulo the
/// stride on each axis.</summary>
/// <remarks>
/// Padded position q * stride + phase received x * w from the windows o = q - shift of the taps with tap * dilation =
/// shift * stride + phase.
/// So for a fixed phase the gradient is a stride-1 correlation of dy with the taps of that phase, and nothing is
/// scattered.
/// With zero padding only positions inside the input are computed; with other modes all padded ones, folded back
/// afterwards.
/// </remarks>
internal sealed class GradientPhase
{
    private GradientPhase(AxisPhase depth, AxisPhase height, AxisPhase width)
    {
        Depth = depth;
        Height = height;
        Width = width;
    }

    /// <summary>The phase on each axis.</summary>
    public AxisPhase Depth { get; }

    /// <inheritdoc cref="Depth"/>
    public AxisPhase Height { get; }

    /// <inheritdoc cref="Depth"/>
    public AxisPhase Width { get; }

    /// <summary>Number of taps in this phase.</summary>
    public int Taps => Depth.Taps.Length * Height.Taps.Length * Width.Taps.Length;

    /// <summary>Whether no position of the input has this phase.</summary>
    public bool IsEmpty => Depth.Count <= 0 || Height.Count <= 0 || Width.Count <= 0;

    /// <summary>All phases of a geometry.</summary>
    public static GradientPhase[] All(in ConvolutionGeometry g)
    {
        List<GradientPhase> phases = [];
        bool zeros = g.Mode == PaddingMode.Zeros;
        for (int d = 0; d < g.Depth.Stride; d++)
        {
            for (int h = 0; h < g.Height.Stride; h++)
            {
                for (int w = 0; w < g.Width.Stride; w++)
                {
                    phases.Add(
                        new GradientPhase(
                            new AxisPhase(g.Depth, d, zeros),
                            new AxisPhase(g.Height, h, zeros),
                            new AxisPhase(g.Width, w, zeros)
                        )
                    );
                }
            }
        }

        return [.. phases.Where(p => !p.IsEmpty)];
    }

    /// <summary>The taps of the phase as indices into a filter plane.</summary>
    public IEnumerable<int> TapIndices(ConvolutionGeometry g) =>
        from d in Depth.Taps
        from h in Height.Taps
        from w in Width.Taps
        select (((d * g.Height.Kernel) + h) * g.Width.Kernel) + w;

    /// <summary>For each output channel and tap of the phase (channel slowest) where its plane starts in the margined
    /// dy.</summary>
    public int[] Offsets(int channels, GradientMargins m)
    {
        List<int> offsets = [];
        for (long c = 0; c < channels; c++)
        {
            foreach (int d in Depth.Starts(m.Depth))
            {
                foreach (int h in Height.Starts(m.Height))
                {
                    foreach (int w in Width.Starts(m.Width))
                    {
                        offsets.Add(
                            checked(
                                (int)((c * m.ChannelSize) + ((((long)d * m.Height.Length) + h) * m.Width.Length) + w)
                            )
                        );
                    }
                }
            }
        }

        return [.. offsets];
    }
}

/// <summary>One axis of a <see cref="GradientPhase"/>.</summary>
internal sealed class AxisPhase
{
    private readonly WindowAxis _axis;

    public AxisPhase(WindowAxis axis, int phase, bool insideOnly)
    {
        _axis = axis;
        Taps = [.. Enumerable.Range(0, axis.Kernel).Where(t => (long)t * axis.Dilation % axis.Stride == phase)];
        First = insideOnly ? CeilDivide(axis.PadBefore - phase) : 0;
        int end = insideOnly ? CeilDivide(axis.PadBefore + axis.In - phase) : CeilDivide(axis.Padded - phase);
        Count = end - First;
        Position = (First * axis.Stride) + phase - (insideOnly ? axis.PadBefore : 0);
    }

    /// <summary>The kernel's taps in this phase.</summary>
    public int[] Taps { get; }

    /// <summary>First q.</summary>
    public int First { get; }

    /// <summary>Number of q.</summary>
    public int Count { get; }

    /// <summary>Destination position of the first q; the next are a stride further each.</summary>
    public int Position { get; }

    /// <summary>Rows of margin that dy needs in front and behind for this phase.</summary>
    public (int Before, int After) Margin =>
        Count <= 0 || Taps.Length == 0
            ? (0, 0)
            : (Math.Max(0, Shift(Taps[^1]) - First), Math.Max(0, First + Count - _axis.Out - Shift(Taps[0])));

    /// <summary>For each tap where dy must be read for the first q.</summary>
    public IEnumerable<int> Starts(AxisMargin margin) => Taps.Select(t => First + margin.Before - Shift(t));

    private int Shift(int tap) => (int)((long)tap * _axis.Dilation / _axis.Stride);

    private int CeilDivide(int value) => value <= 0 ? 0 : (value + _axis.Stride - 1) / _axis.Stride;
}

/// <summary>Zero margin around one axis of dy.</summary>
/// <param name="Before">In front.</param>
/// <param name="Out">Values of dy.</param>
/// <param name="After">Behind.</param>
internal readonly record struct AxisMargin(int Before, int Out, int After)
{
    /// <summary>With both margins.</summary>
    public int Length => Before + Out + After;
}

/// <summary>The margins around dy that serve all phases.</summary>
internal sealed class GradientMargins
{
    public GradientMargins(in ConvolutionGeometry g, GradientPhase[] phases)
    {
        Depth = Widest(phases.Select(p => p.Depth), g.Depth.Out);
        Height = Widest(phases.Select(p => p.Height), g.Height.Out);
        Width = Widest(phases.Select(p => p.Width), g.Width.Out);
    }

    /// <summary>The margin of each axis.</summary>
    public AxisMargin Depth { get; }

    /// <inheritdoc cref="Depth"/>
    public AxisMargin Height { get; }

    /// <inheritdoc cref="Depth"/>
    public AxisMargin Width { get; }

    /// <summary>Floats of a channel with its margins.</summary>
    public long ChannelSize => (long)Depth.Length * Height.Length * Width.Length;

    /// <summary>Whether there is no margin at all.</summary>
    public bool IsNone => Depth.Length == Depth.Out && Height.Length == Height.Out && Width.Length == Width.Out;

    private static AxisMargin Widest(IEnumerable<AxisPhase> phases, int size)
    {
        (int before, int after) = (0, 0);
        foreach (AxisPhase phase in phases)
        {
            (int b, int a) = phase.Margin;
            (before, after) = (Math.Max(before, b), Math.Max(after, a));
        }

        return new AxisMargin(before, size, after);
    }
}
