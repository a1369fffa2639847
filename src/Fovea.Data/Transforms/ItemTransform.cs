namespace Fovea.Data;

/// <summary>A random change of one item, made anew each epoch: the contract of augmentation, a user's own
/// included.</summary>
/// <remarks>Transforms see items after <see cref="Preprocessing"/>, where 0 is the mean, but for those that ask to come
/// before it. They are shared by threads: keep no state between calls.</remarks>
public abstract class ItemTransform
{
    /// <summary>The name in the text form, e.g. <c>crop</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number after the name in the text form.</summary>
    public abstract double Amount { get; }

    /// <summary>Whether it comes before <see cref="Preprocessing"/>, where the values of images are 0..1; such ones go first,
    /// in their order.</summary>
    public virtual bool BeforePreprocessing => false;

    /// <summary>Why the transform does not fit items of a shape, or null where it does.</summary>
    /// <param name="itemShape">Images [C, H, W] or series [C, L].</param>
    public abstract string? Refusal(Shape itemShape);

    /// <summary>Changes an item in place.</summary>
    /// <param name="item">The values, last axis fastest.</param>
    /// <param name="itemShape">Their shape.</param>
    /// <param name="rng">The stream of this item in this epoch.</param>
    public abstract void Apply(Span<float> item, Shape itemShape, Rng rng);

    /// <summary>The refusal of everything but images.</summary>
    private protected static string? ImagesOnly(Shape itemShape) =>
        itemShape.Rank == 3 ? null : $"works on images [C, H, W], not on series {itemShape}";

    /// <summary>The refusal of everything but series.</summary>
    private protected static string? SeriesOnly(Shape itemShape) =>
        itemShape.Rank == 2 ? null : $"works on series [C, L], not on images {itemShape}";
}
