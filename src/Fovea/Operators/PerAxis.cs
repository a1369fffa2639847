using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fovea;

/// <summary>A whole number for each spatial axis, outermost first: written as one number for all axes, <c>3</c>, or one
/// each, <c>(3, 5)</c> or <c>[3, 5, 7]</c>.</summary>
[CollectionBuilder(typeof(PerAxis), nameof(Create))]
public readonly struct PerAxis : IEquatable<PerAxis>, IEnumerable<int>
{
    private readonly int[]? _values;

    private PerAxis(int[] values) => _values = values;

    /// <summary>How many axes were given; 1 also means all alike.</summary>
    public int Given => _values?.Length ?? 1;

    /// <summary>Creates from one value for all axes, or one each.</summary>
    /// <param name="values">One to three values.</param>
    /// <exception cref="ArgumentException">No value, or more than three.</exception>
    public static PerAxis Create(ReadOnlySpan<int> values) =>
        values.Length is >= 1 and <= 3
            ? new PerAxis(values.ToArray())
            : throw new ArgumentException(
                $"PerAxis: give one value for all axes, or one for each of up to three, got {values.Length}.",
                nameof(values)
            );

    /// <summary>Reads what <see cref="ToString"/> writes: <c>3</c>, <c>3x1</c>.</summary>
    /// <param name="text">One to three whole numbers, 0 or more, with <c>x</c> between them.</param>
    /// <param name="values">The values.</param>
    /// <returns>Whether it has this form.</returns>
    public static bool TryParse(string text, out PerAxis values)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('x');
        int[] numbers = new int[parts.Length];
        bool fits = parts.Length <= 3;
        for (int i = 0; i < parts.Length && fits; i++)
        {
            fits = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]);
        }

        values = fits ? new PerAxis(numbers) : default;
        return fits;
    }

    /// <summary>The value of an axis.</summary>
    /// <param name="axis">0 is the outermost spatial axis.</param>
    /// <param name="rank">Number of spatial axes.</param>
    /// <exception cref="ArgumentException">Neither one nor <paramref name="rank"/> values were given.</exception>
    public int At(int axis, int rank) =>
        _values is null ? 0
        : _values.Length == 1 ? _values[0]
        : _values.Length == rank ? _values[axis]
        : throw new ArgumentException($"got {this} for {rank} spatial axes; give one value, or {rank}.");

    /// <summary>The usual value as one for all axes, where all are the usual: equal arguments are equal data.</summary>
    internal PerAxis Plain(int usual) => this.All(v => v == usual) ? usual : this;

    /// <summary>One value for all axes.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator PerAxis(int value) => new([value]);

    /// <summary>Height and width.</summary>
    /// <param name="values">Height, width.</param>
    public static implicit operator PerAxis((int Height, int Width) values) => new([values.Height, values.Width]);

    /// <summary>Depth, height and width.</summary>
    /// <param name="values">Depth, height, width.</param>
    public static implicit operator PerAxis((int Depth, int Height, int Width) values) =>
        new([values.Depth, values.Height, values.Width]);

    /// <inheritdoc/>
    public bool Equals(PerAxis other) => (_values ?? [0]).AsSpan().SequenceEqual(other._values ?? [0]);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PerAxis other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _values is null ? 0 : _values.Aggregate(0, HashCode.Combine);

    /// <summary>E.g. <c>3</c> or <c>3x5</c>.</summary>
    public override string ToString() => string.Join("x", _values ?? [0]);

    /// <summary>Enumerates the values given.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_values ?? [0])).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether both hold the same values.</summary>
    public static bool operator ==(PerAxis left, PerAxis right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(PerAxis left, PerAxis right) => !left.Equals(right);
}
