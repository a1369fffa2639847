namespace Fovea;

/// <summary>A pair of lines: position i of a map sees the input from Jump * i + Low to Jump * i + High, both included;
/// below 0 and beyond the input it sees padding.</summary>
/// <param name="Jump">Input positions between neighbouring positions of the map; 0 where every position sees the
/// same.</param>
/// <param name="Low">First input position that position 0 sees.</param>
/// <param name="High">Last input position that position 0 sees.</param>
public readonly record struct FieldLine(double Jump, double Low, double High)
{
    private const double Near = 1e-9;

    /// <summary>Input positions seen: High - Low + 1, rounded down.</summary>
    public int Size => (int)Math.Floor(High - Low + Near) + 1;

    /// <summary>The effective padding in front: how far position 0 reaches beyond the input's first position.</summary>
    public double Padding => 0.0 - Low; // never -0

    internal bool IsParallelTo(FieldLine other) => Math.Abs(Jump - other.Jump) < Near;

    internal FieldLine Through((double Scale, double Low, double High) reads) =>
        new(Jump * reads.Scale, (Jump * reads.Low) + Low, (Jump * reads.High) + High);

    internal FieldLine Joined(FieldLine other) => new(Jump, Math.Min(Low, other.Low), Math.Max(High, other.High));
}

/// <summary>The receptive field along one axis.</summary>
/// <param name="Axis">The axis of the value that still has positions along this input axis; -1 where there is none
/// left.</param>
/// <param name="Lines">The union over all paths, one pair of lines for each jump. More than one where a path through
/// global pooling joins, as in squeeze-excite.</param>
/// <param name="Shortest">The path that sees least.</param>
public sealed record AxisField(int Axis, IReadOnlyList<FieldLine> Lines, FieldLine Shortest)
{
    /// <summary>The lines that matter: the widest of those that move with the position; where none does, the
    /// widest.</summary>
    /// <remarks>Through a squeeze-excite gate every position formally sees the whole input; published figures leave the
    /// gate out, and so does this. See <see cref="SeesAllThroughGate"/>.</remarks>
    public FieldLine Main => Lines.Where(l => l.Jump > 0.0).DefaultIfEmpty(Lines.MaxBy(l => l.Size)).MaxBy(l => l.Size);

    /// <summary>Whether a path through global pooling joins one that keeps positions: a squeeze-excite gate.</summary>
    public bool SeesAllThroughGate => Lines.Count > 1 && Lines.Any(l => l.Jump == 0.0) && Lines.Any(l => l.Jump > 0.0);

    internal AxisField Joined(AxisField other)
    {
        List<FieldLine> lines = [.. Lines];
        foreach (FieldLine line in other.Lines)
        {
            int same = lines.FindIndex(l => l.IsParallelTo(line));
            if (same < 0)
            {
                lines.Add(line);
            }
            else
            {
                lines[same] = lines[same].Joined(line);
            }
        }

        bool keepOwn = SeesAll(other) || (!SeesAll(this) && Shortest.Size <= other.Shortest.Size);
        return new AxisField(Math.Max(Axis, other.Axis), lines, keepOwn ? Shortest : other.Shortest);

        static bool SeesAll(AxisField field) => field.Shortest.Jump == 0.0;
    }
}

/// <summary>The receptive field of a value: one field for each spatial axis of the input, outermost first.</summary>
/// <param name="Axes">By axis.</param>
public sealed record ReceptiveField(IReadOnlyList<AxisField> Axes)
{
    /// <summary>Sizes by axis.</summary>
    public IReadOnlyList<int> Size => [.. Axes.Select(a => a.Main.Size)];

    /// <summary>Effective strides by axis: input positions between neighbouring positions.</summary>
    public IReadOnlyList<double> Stride => [.. Axes.Select(a => a.Main.Jump)];

    /// <summary>Effective padding in front, by axis.</summary>
    public IReadOnlyList<double> Padding => [.. Axes.Select(a => a.Main.Padding)];
}
