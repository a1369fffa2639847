namespace Fovea;

/// <summary>The arguments of a resampling: either a scale or a size.</summary>
/// <param name="Mode">Which input values an output mixes.</param>
/// <param name="Scale">Output size over input size, one for all axes or one each; none where <paramref name="Size"/>
/// rules.</param>
/// <param name="Size">Output size; null where <paramref name="Scale"/> rules.</param>
/// <param name="AlignCorners">Linear only: whether the outermost positions coincide.</param>
internal sealed record UpsampleAttributes(UpsampleMode Mode, ScaleList Scale, PerAxis? Size, bool AlignCorners)
    : OperatorAttributes;

/// <summary>Numbers, compared by value.</summary>
internal readonly struct ScaleList(double[]? values) : IEquatable<ScaleList>
{
    /// <summary>The numbers; null for none.</summary>
    public double[]? Values => values;

    /// <inheritdoc/>
    public bool Equals(ScaleList other) => (values ?? []).AsSpan().SequenceEqual(other.Values ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ScaleList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (values ?? []).Aggregate(0, HashCode.Combine);
}
