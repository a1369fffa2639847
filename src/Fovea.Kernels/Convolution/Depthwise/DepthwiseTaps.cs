namespace Fovea.Kernels;

/// <summary>The taps of a depthwise convolution in the order in which they are summed: groups of neighbours first, then
/// those left over; cut into parts whose weights stay in the first cache.</summary>
internal sealed class DepthwiseTaps
{
    private const int MostInPart = 192; // 12 KB of weights

    private readonly List<int> _order = [];
    private readonly List<int> _offsets = [];
    private readonly List<Part> _parts = [];

    /// <summary>Orders the taps.</summary>
    /// <param name="g">Sizes of the convolution.</param>
    /// <param name="source">Layout of the input.</param>
    public DepthwiseTaps(ConvolutionGeometry g, BlockedLayout source)
    {
        Together = g.Width is { Stride: 1, Dilation: 1 } ? Best(g.Width.Kernel) : 1;
        int grouped = Together == 1 ? 0 : g.Width.Kernel / Together * Together,
            rows = g.Depth.Kernel * g.Height.Kernel;
        for (int row = 0; row < rows; row++)
        {
            Add(g, source, row, 0, grouped, Together);
        }

        int groups = _offsets.Count;
        for (int row = 0; row < rows; row++)
        {
            Add(g, source, row, grouped, g.Width.Kernel, 1);
        }

        Cut(groups, Math.Max(1, MostInPart / Together));
    }

    /// <summary>Taps of a group; 1 where there are no groups.</summary>
    public int Together { get; }

    /// <summary>For each place of the packed weights the tap, counted as in the kernel.</summary>
    public int[] Order => [.. _order];

    /// <summary>Places of groups and single taps in the source, in floats.</summary>
    public int[] Offsets => [.. _offsets];

    /// <summary>The parts, in order.</summary>
    public Part[] Parts => [.. _parts];

    /// <summary>The size of groups that leaves the fewest taps over, of those there are kernels for.</summary>
    private static int Best(int taps)
    {
        int best = 1;
        foreach (int size in new[] { 3, 5, 7 })
        {
            best = size <= taps && (best == 1 || taps % size <= taps % best) ? size : best;
        }

        return best;
    }

    private void Add(ConvolutionGeometry g, BlockedLayout source, int row, int first, int end, int step)
    {
        int start =
            (row / g.Height.Kernel * g.Depth.Dilation * source.Slice)
            + (row % g.Height.Kernel * g.Height.Dilation * source.Row);
        for (int w = first; w < end; w += step)
        {
            _offsets.Add(start + (w * g.Width.Dilation * TileCall.Block));
            _order.AddRange(Enumerable.Range((row * g.Width.Kernel) + w, step));
        }
    }

    private void Cut(int groups, int most)
    {
        for (int first = 0; first < groups; first += most)
        {
            _parts.Add(new Part(first, Math.Min(most, groups - first), 0, first * Together));
        }

        int singles = _offsets.Count - groups;
        if (_parts.Count > 0 && singles <= MostInPart)
        {
            _parts[^1] = _parts[^1] with { Singles = singles };
            return;
        }

        for (int first = 0; first < singles; first += MostInPart)
        {
            _parts.Add(new Part(groups + first, 0, Math.Min(MostInPart, singles - first), (groups * Together) + first));
        }
    }

    /// <summary>Some of the taps.</summary>
    /// <param name="FirstOffset">Where their places begin.</param>
    /// <param name="Groups">Groups.</param>
    /// <param name="Singles">Single taps behind them.</param>
    /// <param name="FirstWeight">Where their weights begin, in taps.</param>
    internal readonly record struct Part(int FirstOffset, int Groups, int Singles, int FirstWeight);
}
