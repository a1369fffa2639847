namespace Fovea.Graphs;

/// <summary>A stretch of the input.</summary>
/// <param name="Low">Its first position; below 0 it lies in padding.</param>
/// <param name="High">Its last position; beyond the input's last it lies in padding.</param>
public readonly record struct FieldSpan(double Low, double High)
{
    /// <summary>Positions in it.</summary>
    public int Size => (int)Math.Min(High - Low + 1.0, int.MaxValue);

    internal FieldSpan Joined(FieldSpan other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));
}

/// <summary>
/// What each position of a map sees of the input along one axis, on paths of one jump. It repeats: a position
/// <see cref="Period"/> further on sees what lies <see cref="Advance"/> input positions further on. Without up-sampling
/// the period is 1, and position i sees the input from jump * i + low to jump * i + high.
/// </summary>
/// <remarks>All maps are taken to go on beyond their borders, so that what a border cuts off is counted: as padding. All
/// figures are whole numbers, kept as double since strides multiply.</remarks>
public sealed class FieldLine
{
    private const int SmallPeriod = 4096;
    private const double Near = 1e-9;

    // What nothing sees: joined with anything, it is the other.
    private static readonly FieldSpan Nothing = new(double.PositiveInfinity, double.NegativeInfinity);

    private readonly FieldSpan[] _spans;
    private readonly int _positions;

    private FieldLine(FieldSpan[] spans, double advance, int positions, double jump)
    {
        (_spans, Advance, _positions) = (spans, advance, positions);
        Jump = AreEqual(jump, advance / spans.Length) ? advance / spans.Length : jump; // without what products round off
        FieldSpan whole = Nothing;
        int seen = Math.Min(spans.Length, positions);
        for (int i = 0; i < seen; i++)
        {
            Size = Math.Max(Size, spans[i].Size);
            whole = whole.Joined(spans[i]).Joined(Span(positions - 1 - i));
        }

        Whole = IsSomething(whole) ? whole : null;
    }

    /// <summary>Positions after which the reads repeat, those of all layers before included.</summary>
    public int Period => _spans.Length;

    /// <summary>Input positions that a period goes further; 0 where every position sees the same.</summary>
    public double Advance { get; }

    /// <summary>Input positions between neighbouring positions of the map, on average over a period; 0 where every
    /// position sees the same.</summary>
    public double Jump { get; }

    /// <summary>Input positions that a position sees, from the first to the last: the largest number over the positions
    /// of the map. 0 where none sees any.</summary>
    public int Size { get; }

    /// <summary>What all positions of the map see together; null where none sees anything.</summary>
    public FieldSpan? Whole { get; }

    /// <summary>What a position sees; null where it sees nothing, as between the taps of a transposed
    /// convolution.</summary>
    /// <param name="position">A position of the map, or one beyond its border.</param>
    public FieldSpan? At(int position) => Span(position) is var span && IsSomething(span) ? span : null;

    /// <summary>What the input's own positions see: themselves.</summary>
    /// <param name="positions">Size of the input.</param>
    internal static FieldLine Identity(int positions) => new([new FieldSpan(0.0, 0.0)], 1.0, positions, 1.0);

    internal bool IsParallelTo(FieldLine other) => AreEqual(Jump, other.Jump);

    /// <summary>The line behind an operator.</summary>
    /// <param name="map">What the operator reads along the axis.</param>
    internal FieldLine Through(AxisMap map)
    {
        if (map is IdentityAxis)
        {
            return this;
        }

        (int outputs, int inputs) = map.Period;
        int[][] reads = [.. Enumerable.Range(0, outputs).Select(o => map.Reach(o).ToArray())];
        long repeats = Period / Rational.Divisor(inputs, Period); // of the map's period, until this one's comes out even
        return Of(
            repeats * outputs,
            Advance * repeats * inputs / Period,
            map.Out,
            Jump * inputs / outputs,
            i => Union(reads[i % outputs], i / outputs * inputs)
        );
    }

    /// <summary>What the positions see on the paths of either.</summary>
    /// <param name="other">A line of the same map.</param>
    internal FieldLine Joined(FieldLine other)
    {
        long common = (long)Period / Rational.Divisor(Period, other.Period) * other.Period;
        bool even = Advance * (common / Period) == other.Advance * (common / other.Period);
        return Of(
            even ? common : long.MaxValue,
            Advance * (common / Period),
            _positions,
            Jump,
            i => Span(i).Joined(other.Span(i))
        );
    }

    /// <summary>A line of so many spans, or of as many as the map has positions, where the period is longer and not
    /// small.</summary>
    private static FieldLine Of(long period, double advance, int positions, double jump, Func<int, FieldSpan> span)
    {
        if (period > Math.Max(SmallPeriod, positions))
        {
            (period, advance) = (positions, Math.Max(1.0, Math.Round(jump * positions)));
        }

        FieldSpan[] spans = [.. Enumerable.Range(0, (int)period).Select(span)];
        spans = advance == 0.0 && Array.TrueForAll(spans, s => s == spans[0]) ? spans[..1] : spans;
        return new FieldLine(spans, advance, positions, jump);
    }

    private static bool AreEqual(double a, double b) => Math.Abs(a - b) <= Near * Math.Max(a, b);

    private static bool IsSomething(FieldSpan span) => span.Low <= span.High;

    private static FieldSpan Moved(FieldSpan span, double by) => new(span.Low + by, span.High + by);

    private FieldSpan Span(int position)
    {
        int period = (int)Rational.Floor(position, Period);
        return Moved(_spans[position - (period * Period)], Advance * period);
    }

    private FieldSpan Union(int[] reads, int further)
    {
        FieldSpan union = Nothing;
        foreach (int read in reads)
        {
            union = union.Joined(Span(read + further));
        }

        return union;
    }
}
