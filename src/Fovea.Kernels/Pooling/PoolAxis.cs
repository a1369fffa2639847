namespace Fovea.Kernels;

/// <summary>One axis of a pool: for each output position the input positions its window covers. Sliding, adaptive and
/// global pools differ in this table alone.</summary>
internal sealed class PoolAxis
{
    /// <summary>An axis that is not there.</summary>
    public static readonly PoolAxis None = Adaptive(1, 1);

    private readonly int[] _first;
    private readonly int[] _sources;

    private PoolAxis(int size, int[] first, int[] sources, int[] counted)
    {
        In = size;
        _first = first;
        _sources = sources;
        Counted = counted;
        Tile = FindTile();
    }

    /// <summary>Input size.</summary>
    public int In { get; }

    /// <summary>Number of windows.</summary>
    public int Out => Counted.Length;

    /// <summary>For each window the number of its taps that an average divides by.</summary>
    public int[] Counted { get; }

    /// <summary>The size of the windows where they tile the axis one after the other, all alike and all counted;
    /// otherwise 0.</summary>
    public int Tile { get; }

    /// <summary>The window that slides along the axis; null in adaptive pools.</summary>
    public WindowAxis? Window { get; private init; }

    /// <summary>Whether every window covers at least one input position.</summary>
    public bool EveryWindowHasInput
    {
        get
        {
            for (int o = 0; o < Out; o++)
            {
                if (!Taps(o).ContainsAnyExcept(-1))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The input positions of a window, in the window's order; -1 where it covers none.</summary>
    public ReadOnlySpan<int> Taps(int window) => _sources.AsSpan(_first[window], _first[window + 1] - _first[window]);

    /// <summary>The input positions that a window covers, in its order.</summary>
    public int[] Inside(int window) => [.. Taps(window).ToArray().Where(tap => tap >= 0)];

    /// <summary>A window that slides.</summary>
    /// <param name="axis">The sizes; the back padding may have grown beyond the one asked for, to hold a partial last
    /// window.</param>
    /// <param name="mode">What the padding holds.</param>
    /// <param name="askedAfter">The back padding asked for. What lies behind it is not there, and never counts.</param>
    /// <param name="countZeros">Whether zero padding counts in an average. Padding that repeats the input always
    /// does.</param>
    public static PoolAxis Sliding(WindowAxis axis, PaddingMode mode, int askedAfter, bool countZeros)
    {
        int there = axis.In + axis.PadBefore + askedAfter;
        int[] map = (axis with { PadAfter = askedAfter }).SourceMap(mode);
        int[] first = new int[axis.Out + 1],
            sources = new int[axis.Out * axis.Kernel],
            counted = new int[axis.Out];
        for (int o = 0; o < axis.Out; o++)
        {
            first[o + 1] = (o + 1) * axis.Kernel;
            for (int k = 0; k < axis.Kernel; k++)
            {
                int position = (o * axis.Stride) + (k * axis.Dilation);
                int source = position < there ? map[position] : -1;
                sources[(o * axis.Kernel) + k] = source;
                counted[o] += source >= 0 || (countZeros && position < there) ? 1 : 0;
            }
        }

        return new PoolAxis(axis.In, first, sources, counted) { Window = axis };
    }

    /// <summary>Windows that share the input as evenly as whole numbers allow: from floor(o * in / out) to ceil((o + 1)
    /// * in / out), as PyTorch's adaptive pools.</summary>
    /// <param name="size">Input size, 1 or more.</param>
    /// <param name="windows">Output size, 1 or more; may exceed the input.</param>
    public static PoolAxis Adaptive(int size, int windows)
    {
        int[] first = new int[windows + 1],
            counted = new int[windows];
        List<int> sources = [];
        for (int o = 0; o < windows; o++)
        {
            int start = (int)((long)o * size / windows),
                end = (int)((((o + 1L) * size) + windows - 1) / windows);
            sources.AddRange(Enumerable.Range(start, end - start));
            first[o + 1] = sources.Count;
            counted[o] = end - start;
        }

        return new PoolAxis(size, first, [.. sources], counted);
    }

    private int FindTile()
    {
        int size = _first.Length > 1 ? _first[1] : 0;
        for (int i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] != i)
            {
                return 0;
            }
        }

        for (int o = 0; o < Out; o++)
        {
            if (_first[o + 1] - _first[o] != size || Counted[o] != size)
            {
                return 0;
            }
        }

        return size;
    }
}
