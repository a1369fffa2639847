namespace Fovea;

/// <summary>What is taken along an axis: one position, a range, or a new axis. Numbers and ranges convert by
/// themselves.</summary>
public readonly struct TensorIndex
{
    private TensorIndex(TensorIndexKind kind, Index position, Range range) =>
        (Kind, Position, Range) = (kind, position, range);

    /// <summary>An axis of size 1 put in at this place.</summary>
    public static TensorIndex NewAxis { get; } = new(TensorIndexKind.NewAxis, default, default);

    /// <summary>All axes that no other index names.</summary>
    public static TensorIndex Ellipsis { get; } = new(TensorIndexKind.Ellipsis, default, default);

    /// <summary>What it is.</summary>
    internal TensorIndexKind Kind { get; }

    /// <summary>The position, where it is one.</summary>
    internal Index Position { get; }

    /// <summary>The range, where it is one.</summary>
    internal Range Range { get; }

    /// <summary>One position; negative from the end. The axis is gone in the result.</summary>
    public static implicit operator TensorIndex(int position) =>
        new(TensorIndexKind.Position, position < 0 ? new Index(-position, fromEnd: true) : position, default);

    /// <summary>One position, e.g. <c>^1</c>. The axis is gone in the result.</summary>
    public static implicit operator TensorIndex(Index position) => new(TensorIndexKind.Position, position, default);

    /// <summary>A range, e.g. <c>1..3</c> or <c>..</c>.</summary>
    public static implicit operator TensorIndex(Range range) => new(TensorIndexKind.Range, default, range);

    /// <inheritdoc/>
    public override string ToString() =>
        Kind switch
        {
            TensorIndexKind.Position => $"{Position}",
            TensorIndexKind.Range => $"{Range}",
            TensorIndexKind.NewAxis => "new axis",
            _ => "...",
        };
}

/// <summary>What a <see cref="TensorIndex"/> is.</summary>
internal enum TensorIndexKind
{
    /// <summary>One position.</summary>
    Position,

    /// <summary>A range.</summary>
    Range,

    /// <summary>A new axis.</summary>
    NewAxis,

    /// <summary>All axes that no other index names.</summary>
    Ellipsis,
}
