using System.Globalization;

namespace Fovea.Graphs;

/// <summary>The receptive field along one axis.</summary>
public sealed class AxisField
{
    private readonly FieldLine[] _moving;

    internal AxisField(int axis, IReadOnlyList<FieldLine> lines, FieldLine shortest, int positions)
    {
        (Axis, Lines, Shortest, Positions) = (axis, lines, shortest, positions);
        _moving = [.. lines.Where(l => l.Jump > 0.0)];
        Main = _moving.Length > 0 ? _moving.MaxBy(l => l.Size)! : lines.MaxBy(l => l.Size)!;
        Size =
            _moving.Length < 2
                ? Main.Size
                : Enumerable.Range(0, positions).Select(i => At(i)?.Size ?? 0).DefaultIfEmpty(0).Max();
    }

    /// <summary>The axis of the value that still has positions along this input axis; -1 where there is none
    /// left.</summary>
    public int Axis { get; }

    /// <summary>Positions of the value along it; 1 where there are none left.</summary>
    public int Positions { get; }

    /// <summary>The union over all paths, one line for each jump. More than one where a path through global pooling
    /// joins, as in squeeze-excite, or maps of different resampling.</summary>
    public IReadOnlyList<FieldLine> Lines { get; }

    /// <summary>The path that sees least.</summary>
    public FieldLine Shortest { get; }

    /// <summary>The line that matters: the widest of those that move with the position; where none does, the
    /// widest.</summary>
    /// <remarks>Through a squeeze-excite gate every position formally sees the whole input; published figures leave the
    /// gate out, and so does this. See <see cref="SeesAllThroughGate"/>.</remarks>
    public FieldLine Main { get; }

    /// <summary>Input positions that a position sees, from the first to the last: the largest number over the
    /// positions, what their borders cut off included. Gates are left out.</summary>
    public int Size { get; }

    /// <summary>The effective padding in front: how far the position that reaches farthest sees beyond the input's
    /// first position; below 0 where the first positions of the input are not seen.</summary>
    public double Padding => Whole is { } whole ? 0.0 - whole.Low : 0.0; // never -0

    /// <summary>Whether the value still has positions along the axis that see different parts of the input.</summary>
    public bool HasPositions => Axis >= 0 && Main.Jump > 0.0;

    /// <summary>Whether a path through global pooling joins one that keeps positions: a squeeze-excite gate.</summary>
    public bool SeesAllThroughGate => _moving.Length > 0 && _moving.Length < Lines.Count;

    /// <summary>What all positions see together; null where none sees anything. Gates are left out.</summary>
    public FieldSpan? Whole => Union(l => l.Whole);

    /// <summary>What a position sees; null where it sees nothing. Gates are left out.</summary>
    /// <param name="position">0 to <see cref="Positions"/> - 1.</param>
    public FieldSpan? At(int position) => Union(l => l.At(position));

    /// <summary>The field behind an operator.</summary>
    /// <param name="axis">The axis of its output.</param>
    /// <param name="map">What it reads along the axis.</param>
    internal AxisField Through(int axis, AxisMap map)
    {
        FieldLine[] moving = [.. _moving.Select(l => l.Through(map))],
            still = [.. Lines.Where(l => l.Jump == 0.0).Select(l => l.Through(map))];
        FieldLine[] lines =
            map.Period.Inputs == 0 && moving.Length > 1 ? [moving.Aggregate((a, b) => a.Joined(b))] : moving;
        return new(axis, [.. lines, .. still], Shortest.Through(map), map.Out);
    }

    /// <summary>The field where paths of this one and of another join.</summary>
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
        return new AxisField(
            Math.Max(Axis, other.Axis),
            lines,
            keepOwn ? Shortest : other.Shortest,
            Math.Max(Positions, other.Positions)
        );

        static bool SeesAll(AxisField field) => field.Shortest.Jump == 0.0;
    }

    /// <summary>Size, jump and padding.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"size {Size}, jump {Main.Jump}, padding {Padding}");

    private FieldSpan? Union(Func<FieldLine, FieldSpan?> part)
    {
        FieldSpan? union = null;
        foreach (FieldLine line in _moving.Length > 0 ? _moving : [Main])
        {
            FieldSpan? own = part(line);
            union = union is { } u && own is { } o ? u.Joined(o) : union ?? own;
        }

        return union;
    }
}

/// <summary>The receptive field of a value: one field for each spatial axis of the input, outermost first.</summary>
/// <param name="Axes">By axis.</param>
public sealed record ReceptiveField(IReadOnlyList<AxisField> Axes)
{
    /// <summary>Sizes by axis: the largest over the positions.</summary>
    public IReadOnlyList<int> Size => [.. Axes.Select(a => a.Size)];

    /// <summary>Effective strides by axis: input positions between neighbouring positions, on average where up-sampling
    /// makes them differ.</summary>
    public IReadOnlyList<double> Stride => [.. Axes.Select(a => a.Main.Jump)];

    /// <summary>Effective padding in front, by axis.</summary>
    public IReadOnlyList<double> Padding => [.. Axes.Select(a => a.Padding)];
}
