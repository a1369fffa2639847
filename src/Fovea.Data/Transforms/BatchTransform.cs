namespace Fovea.Data;

/// <summary>A random change of a whole batch that mixes items and their classes; targets become weights that sum to
/// 1.</summary>
/// <remarks>Shared by threads: keep no state between calls.</remarks>
public abstract class BatchTransform
{
    /// <summary>The name in the text form, e.g. <c>mixup</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number after the name in the text form.</summary>
    public abstract double Amount { get; }

    /// <summary>Why the transform does not fit items of a shape, or null where it does.</summary>
    /// <param name="itemShape">Images [C, H, W] or series [C, L].</param>
    public abstract string? Refusal(Shape itemShape);

    /// <summary>Changes a batch in place.</summary>
    /// <param name="inputs">N items, one after the other.</param>
    /// <param name="targets">N rows of class weights.</param>
    /// <param name="itemShape">Shape of an item.</param>
    /// <param name="count">N.</param>
    /// <param name="rng">The stream of this batch in this epoch.</param>
    public abstract void Apply(Span<float> inputs, Span<float> targets, Shape itemShape, int count, Rng rng);

    /// <summary>Mixes each row with its partner's: weight * row + (1 - weight) * partner.</summary>
    private protected static void Mix(Span<float> rows, int count, int[] partners, float weight)
    {
        float[] before = rows.ToArray();
        int size = rows.Length / count;
        for (int n = 0; n < count; n++)
        {
            Span<float> row = rows.Slice(n * size, size);
            ReadOnlySpan<float> partner = before.AsSpan(partners[n] * size, size);
            for (int i = 0; i < size; i++)
            {
                row[i] = (weight * row[i]) + ((1 - weight) * partner[i]);
            }
        }
    }
}
