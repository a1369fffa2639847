using Fovea.Kernels;

namespace Fovea;

/// <summary>Which input positions an axis of a resampling reads, at its ends and far from them.</summary>
/// <remarks>Output position o lies at input coordinate o * step, with centres aligned at (o + 0.5) * step - 0.5. Nearest
/// reads the position at or before it, linear the two around it, or one where it lies on a position. The step is a ratio
/// of whole numbers p / q, so that all repeats every q outputs.</remarks>
/// <param name="mode">Which positions are read.</param>
/// <param name="step">Input positions for one output position, as a ratio.</param>
/// <param name="alignCorners">Whether the outermost positions coincide rather than the centres being aligned.</param>
internal sealed class ResampleReads(UpsampleMode mode, (int Numerator, int Denominator) step, bool alignCorners)
{
    private const int SmallPeriod = 4096;

    private readonly bool _isLinear = mode == UpsampleMode.Linear;
    private readonly bool _centred = mode == UpsampleMode.Linear && !alignCorners;

    /// <summary>The step from one output position to the next, as a ratio.</summary>
    /// <param name="from">Input size.</param>
    /// <param name="to">Output size.</param>
    /// <param name="scale">The factor asked for; null where a size was.</param>
    /// <param name="alignCorners">Whether the outermost positions coincide.</param>
    public static (int Numerator, int Denominator) Step(int from, int to, double? scale, bool alignCorners)
    {
        if (alignCorners && from > 1 && to > 1)
        {
            (from, to) = (from - 1, to - 1);
        }
        else if (scale is { } factor && !alignCorners)
        {
            return Rational.Of(1.0 / factor, Math.Max(to, SmallPeriod));
        }

        int divisor = Rational.Divisor(from, to);
        return (from / divisor, to / divisor);
    }

    /// <summary>The map of an axis.</summary>
    /// <param name="axis">What the kernel reads.</param>
    public TableAxisMap Map(ResampleAxis axis)
    {
        int[][] table = [.. Enumerable.Range(0, axis.Out).Select(o => Read(axis, o))];
        double[][] weights = [.. Enumerable.Range(0, axis.Out).Select(o => Weigh(axis, o))];
        return new TableAxisMap(axis.In, table)
        {
            Weights = weights,
            Repeated = new RepeatedReads(step.Numerator, Phases(table, axis.In)),
        };
    }

    /// <summary>What the positions of a period read far from the ends: as the table has it, and where the ends cut every
    /// such position, by the coordinate.</summary>
    private int[][] Phases(int[][] table, int size)
    {
        int[][] phases = new int[step.Denominator][];
        for (int phase = 0; phase < phases.Length; phase++)
        {
            SortedSet<int> reads = [];
            for (int o = phase; o < table.Length; o += phases.Length)
            {
                if (!IsCut(o, size))
                {
                    reads.UnionWith(table[o].Select(i => i - (o / phases.Length * step.Numerator)));
                }
            }

            phases[phase] = reads.Count > 0 ? [.. reads] : ByCoordinate(phase);
        }

        return phases;
    }

    private static int[] Read(ResampleAxis axis, int output) =>
        axis.Weight[output] == 0.0 ? [axis.First[output]] : [axis.First[output], axis.Second[output]];

    private static double[] Weigh(ResampleAxis axis, int output) =>
        axis.Weight[output] == 0.0 ? [1.0] : [1.0 - axis.Weight[output], axis.Weight[output]];

    private (int First, bool IsBetween) At(int output)
    {
        long numerator = (long)output * step.Numerator,
            denominator = step.Denominator;
        if (_centred)
        {
            numerator = (2 * numerator) + step.Numerator - denominator;
            denominator *= 2;
        }

        return ((int)Rational.Floor(numerator, denominator), _isLinear && numerator % denominator != 0);
    }

    private int[] ByCoordinate(int output)
    {
        (int first, bool between) = At(output);
        return between ? [first, first + 1] : [first];
    }

    /// <summary>Whether an end takes away what the coordinate asks for. A single position with aligned corners is
    /// repeated, and nothing is asked for beside it.</summary>
    private bool IsCut(int output, int size)
    {
        (int first, bool between) = At(output);
        return (_centred || size > 1) && (first < 0 || first + (between ? 1 : 0) >= size);
    }
}
