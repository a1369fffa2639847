using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Means or maxima over windows of a blocked map, planned for its sizes.</summary>
/// <remarks>
/// Neighbouring output columns make a run where their windows have the same taps and equal distances. The interior of a
/// row is one run. Borders, dilated taps and padding that repeats the input make other runs, and need no code of their
/// own. The order in which a mean adds depends on the window alone.
/// </remarks>
internal sealed unsafe class BlockedPooling
{
    private readonly BlockedLayout _source;
    private readonly BlockedLayout _destination;
    private readonly int[] _rows; // floats from the input's first pixel to each row of the windows, by output row
    private readonly int[] _firstRow;
    private readonly int[] _counted; // rows that a mean divides by, by output row
    private readonly Columns[] _runs;
    private readonly bool _mean;
    private readonly int _divisor;
    private readonly delegate* <in PoolCall, void> _windows;

    /// <summary>Plans a pool.</summary>
    /// <param name="geometry">The windows of each axis.</param>
    /// <param name="mean">Means rather than maxima.</param>
    /// <param name="divisor">What sums are divided by; 0 for the positions counted.</param>
    /// <param name="source">Layout of the input.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="bits">Vector width.</param>
    public BlockedPooling(
        PoolGeometry geometry,
        bool mean,
        int divisor,
        BlockedLayout source,
        BlockedLayout destination,
        int bits
    )
    {
        (_source, _destination, _mean, _divisor) = (source, destination, mean, divisor);
        _firstRow = new int[destination.Rows + 1];
        _counted = new int[destination.Rows];
        List<int> rows = [];
        for (int row = 0; row < destination.Rows; row++)
        {
            (int d, int h) = Math.DivRem(row, destination.Height);
            rows.AddRange(
                from depth in geometry.Depth.Inside(d)
                from height in geometry.Height.Inside(h)
                select (depth * source.Slice) + (height * source.Row)
            );
            _firstRow[row + 1] = rows.Count;
            _counted[row] = geometry.Depth.Counted[d] * geometry.Height.Counted[h];
        }

        _rows = [.. rows];
        _runs = [.. Runs(geometry.Width)];
        _windows = Windows(mean, bits);
    }

    /// <summary>Pools a part of an item.</summary>
    /// <param name="x">The item of the input, at its start.</param>
    /// <param name="y">The item of the output, at its start.</param>
    /// <param name="part">Which part of the output.</param>
    public void Run(float* x, float* y, MapPart part)
    {
        fixed (int* rows = _rows)
        {
            for (int block = part.FirstBlock; block < part.EndBlock; block++)
            {
                float* from = x + ((long)block * _source.Plane) + _source.Origin,
                    to = y + ((long)block * _destination.Plane);
                for (int row = part.FirstRow; row < part.EndRow; row++)
                {
                    PoolCall call = new()
                    {
                        Rows = rows + _firstRow[row],
                        RowCount = _firstRow[row + 1] - _firstRow[row],
                    };
                    Row(ref call, from, to + _destination.RowStart(row), _counted[row]);
                }
            }
        }
    }

    private void Row(ref PoolCall call, float* from, float* to, int counted)
    {
        foreach (ref readonly Columns run in _runs.AsSpan())
        {
            fixed (int* taps = run.Taps)
            {
                call.Taps = taps;
                (call.TapCount, call.Step, call.Columns) = (run.Taps.Length, run.Step, run.Count);
                call.Source = from + run.Start;
                call.Destination = to + ((long)run.First * TileCall.Block);
                call.Share = !_mean ? 1f : 1f / (_divisor > 0 ? _divisor : Math.Max(1, counted * run.Counted));
                _windows(in call);
            }
        }
    }

    private static delegate* <in PoolCall, void> Windows(bool mean, int bits) =>
        (bits, mean) switch
        {
            (512, false) => &BlockedPoolWindows<Vector512<float>, Simd512, LargestRule<Vector512<float>, Simd512>>.Run,
            (512, true) => &BlockedPoolWindows<Vector512<float>, Simd512, MeanRule<Vector512<float>, Simd512>>.Run,
            (256, false) => &BlockedPoolWindows<Vector256<float>, Simd256, LargestRule<Vector256<float>, Simd256>>.Run,
            (256, true) => &BlockedPoolWindows<Vector256<float>, Simd256, MeanRule<Vector256<float>, Simd256>>.Run,
            (_, false) => &BlockedPoolWindows<Vector128<float>, Simd128, LargestRule<Vector128<float>, Simd128>>.Run,
            (_, true) => &BlockedPoolWindows<Vector128<float>, Simd128, MeanRule<Vector128<float>, Simd128>>.Run,
        };

    /// <summary>The columns of a row in as few runs as possible.</summary>
    private static List<Columns> Runs(PoolAxis axis)
    {
        List<Columns> runs = [];
        for (int column = 0; column < axis.Out; column++)
        {
            int[] inside = axis.Inside(column),
                taps = [.. inside.Select(tap => (tap - inside[0]) * TileCall.Block)];
            Columns next = new(column, 1, inside.FirstOrDefault() * TileCall.Block, 0, taps, axis.Counted[column]);
            if (runs.Count > 0 && runs[^1].With(next) is { } longer)
            {
                runs[^1] = longer;
            }
            else
            {
                runs.Add(next);
            }
        }

        return runs;
    }

    /// <summary>Neighbouring output columns whose windows are alike.</summary>
    /// <param name="First">The first column.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Start">Floats from the start of an input row to the first column's first tap.</param>
    /// <param name="Step">Floats from a column's first tap to that of the next; 0 for one column.</param>
    /// <param name="Taps">Floats from the first tap to each tap.</param>
    /// <param name="Counted">Positions that a mean divides by.</param>
    private readonly record struct Columns(int First, int Count, int Start, int Step, int[] Taps, int Counted)
    {
        /// <summary>The run with a column more; null where that one differs.</summary>
        public Columns? With(Columns next)
        {
            int step = Count == 1 ? next.Start - Start : Step;
            bool alike =
                next.Counted == Counted
                && next.Taps.AsSpan().SequenceEqual(Taps)
                && next.Start == Start + (Count * step);
            return alike ? this with { Count = Count + 1, Step = step } : null;
        }
    }
}
