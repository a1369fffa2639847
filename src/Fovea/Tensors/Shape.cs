using System.Collections;
using System.Runtime.CompilerServices;

namespace Fovea;

/// <summary>The sizes of a tensor, outermost first; <c>[]</c> is a scalar. Written as a collection expression: <c>[32,
/// 3, 64, 64]</c>.</summary>
/// <remarks>Sizes are 0 or more; a shape with a 0 has no elements. Immutable, compared by value.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    private readonly int[]? _sizes;

    private Shape(int[] sizes) => _sizes = sizes;

    /// <summary>Number of axes; 0 for a scalar.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>Number of elements: the product of the sizes, 1 for a scalar.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (int size in Sizes)
            {
                count *= size;
            }

            return count;
        }
    }

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The sizes as a span.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>The size of an axis; negative indices count from the last axis, -1 being the last.</summary>
    /// <param name="axis">-Rank to Rank - 1.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    public int this[int axis] => Sizes[Axis(axis)];

    /// <summary>Creates a shape from its sizes.</summary>
    /// <param name="sizes">Sizes, outermost first, each 0 or more.</param>
    /// <exception cref="ShapeException">A size is negative, or the number of elements does not fit 63 bits.</exception>
    public static Shape Create(ReadOnlySpan<int> sizes)
    {
        Int128 count = 1;
        foreach (int size in sizes)
        {
            if (size < 0)
            {
                throw new ShapeException(
                    $"Shape: sizes must be 0 or more, got {size} in [{string.Join(", ", sizes.ToArray())}]."
                );
            }

            count *= size;
            if (count > long.MaxValue)
            {
                throw new ShapeException(
                    $"Shape: the number of elements of [{string.Join(", ", sizes.ToArray())}] does not fit 63 bits."
                );
            }
        }

        return new Shape(sizes.ToArray());
    }

    /// <summary>The index of an axis counted from the front.</summary>
    /// <param name="axis">-Rank to Rank - 1; negative counts from the last axis.</param>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    public int Axis(int axis)
    {
        int index = axis < 0 ? axis + Rank : axis;
        return (uint)index < (uint)Rank
            ? index
            : throw new ShapeException($"Shape: axis {axis} does not exist in {this}, which has {Rank} axes.");
    }

    /// <summary>The same shape with one axis resized.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="size">The new size.</param>
    public Shape With(int axis, int size)
    {
        int[] sizes = Sizes.ToArray();
        sizes[Axis(axis)] = size;
        return Create(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int size in Sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>E.g. <c>[32, 3, 64, 64]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Sizes.ToArray())}]";

    /// <summary>Enumerates the sizes.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether two shapes have the same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The shape two tensors broadcast to (the rule of NumPy: axes aligned at the end, sizes equal or 1), or
    /// null where they do not fit.</summary>
    internal static Shape? Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] sizes = new int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int sizeA = i <= a.Rank ? a.Sizes[^i] : 1,
                sizeB = i <= b.Rank ? b.Sizes[^i] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                return null;
            }

            sizes[^i] = sizeA == 1 ? sizeB : sizeA;
        }

        return new Shape(sizes);
    }
}
