using System.Globalization;

namespace Fovea.Graphs;

/// <summary>A shape in which some sizes are multiples of the batch, which is left open: <c>[N, 64, 56,
/// 56]</c>.</summary>
public readonly struct SymbolicShape : IEquatable<SymbolicShape>
{
    private readonly int[]? _sizes;
    private readonly bool[]? _scales;

    private SymbolicShape(int[] sizes, bool[] scales) => (_sizes, _scales) = (sizes, scales);

    /// <summary>Number of axes.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>Whether any size is a multiple of the batch; false for parameters and constants.</summary>
    public bool HasBatch => _scales is not null && _scales.Contains(true);

    /// <summary>The shape for a batch of one item, with the batch axis: [1, C, ...].</summary>
    public Shape Single => At(1);

    /// <summary>The shape of an item: without the first axis, where that is the batch.</summary>
    public Shape Item => _scales is [true, ..] ? Shape.Create(_sizes.AsSpan(1)) : Single;

    /// <summary>Whether a size is a multiple of the batch.</summary>
    /// <param name="axis">0 to Rank - 1.</param>
    public bool ScalesWithBatch(int axis) => _scales![axis];

    /// <summary>The shape for a batch.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    /// <exception cref="ShapeException">The batch is negative, or the number of elements does not fit 63
    /// bits.</exception>
    public Shape At(int batch)
    {
        int[] sizes = [.. _sizes ?? []];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = _scales![i] ? checked(sizes[i] * batch) : sizes[i];
        }

        return Shape.Create(sizes);
    }

    /// <summary>The batch at which this is a given shape.</summary>
    /// <param name="shape">The sizes.</param>
    /// <returns>Items; -1 where the shape fits and does not depend on the batch; null where it does not fit.</returns>
    internal int? BatchIn(Shape shape)
    {
        if (shape.Rank != Rank)
        {
            return null;
        }

        int batch = -1;
        for (int i = 0; i < Rank; i++)
        {
            int size = shape[i],
                own = _sizes![i];
            if (!_scales![i] ? size != own : own == 0 || size % own != 0 || (batch >= 0 && size / own != batch))
            {
                return null;
            }

            batch = _scales[i] ? size / own : batch;
        }

        return batch;
    }

    /// <summary>A shape that does not depend on the batch.</summary>
    /// <param name="shape">The sizes.</param>
    public static SymbolicShape Fixed(Shape shape) => new(shape.Sizes.ToArray(), new bool[shape.Rank]);

    /// <summary>The shape of a batch of items: [N, item...].</summary>
    /// <param name="item">Shape of an item.</param>
    public static SymbolicShape BatchOf(Shape item) => new([1, .. item.Sizes], [true, .. new bool[item.Rank]]);

    /// <summary>The shape that gave <paramref name="shape"/> when the batch stood at <paramref name="placeholder"/>, a
    /// number chosen so that no other size is a multiple of it.</summary>
    internal static SymbolicShape FromPlaceholder(Shape shape, int placeholder)
    {
        int[] sizes = shape.Sizes.ToArray();
        bool[] scales = new bool[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            scales[i] = sizes[i] > 0 && sizes[i] % placeholder == 0;
            sizes[i] /= scales[i] ? placeholder : 1;
        }

        return new SymbolicShape(sizes, scales);
    }

    /// <summary>Reads what <see cref="ToString"/> writes: <c>[N, 3, 2N]</c>.</summary>
    internal static bool TryParse(string text, out SymbolicShape shape)
    {
        shape = default;
        if (text is not ['[', .. string inner, ']'])
        {
            return false;
        }

        string[] parts = inner.Length == 0 ? [] : inner.Split(", ");
        int[] sizes = new int[parts.Length];
        bool[] scales = Array.ConvertAll(parts, p => p.EndsWith('N'));
        for (int i = 0; i < parts.Length; i++)
        {
            string number = scales[i] ? parts[i][..^1] : parts[i];
            sizes[i] = 1;
            if (
                !(scales[i] && number.Length == 0)
                && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])
            )
            {
                return false;
            }
        }

        shape = new SymbolicShape(sizes, scales);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(SymbolicShape other) =>
        (_sizes ?? []).AsSpan().SequenceEqual(other._sizes ?? [])
        && (_scales ?? []).AsSpan().SequenceEqual(other._scales ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SymbolicShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (_sizes ?? []).Aggregate(Rank, HashCode.Combine);

    /// <summary>E.g. <c>[N, 64, 56, 56]</c>.</summary>
    public override string ToString()
    {
        bool[] scales = _scales ?? [];
        return $"[{string.Join(", ", (_sizes ?? []).Select((size, i) => !scales[i] ? $"{size}" : size == 1 ? "N" : $"{size}N"))}]";
    }

    /// <summary>Whether both are equal.</summary>
    public static bool operator ==(SymbolicShape left, SymbolicShape right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SymbolicShape left, SymbolicShape right) => !left.Equals(right);
}
