namespace Fovea;

/// <summary>Whole numbers, axes or sizes, compared by value.</summary>
internal readonly struct NumberList(int[] values) : IEquatable<NumberList>
{
    private readonly int[]? _values = values;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<int> Span => _values;

    /// <summary>A copy of the numbers.</summary>
    public int[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public bool Equals(NumberList other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NumberList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (_values ?? []).Aggregate(Span.Length, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _values ?? [])}]";
}
