namespace Fovea.Data;

/// <summary>A random change of a picture as people see it, 8 bits a sample, before <see cref="Preprocessing"/>: what is
/// cut, coloured and turned.</summary>
public abstract class PictureTransform : ItemTransform
{
    /// <inheritdoc/>
    public override bool BeforePreprocessing => true;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) =>
        ImagesOnly(itemShape)
        ?? (itemShape[0] is 1 or 3 ? null : $"works on images of 1 or 3 channels, not on {itemShape}");

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        int channels = itemShape[0],
            plane = itemShape[1] * itemShape[2];
        byte[] samples = new byte[item.Length];
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < plane; i++)
            {
                samples[(i * channels) + c] = (byte)Math.Clamp((item[(c * plane) + i] * 255f) + 0.5f, 0, 255);
            }
        }

        RasterImage changed = Change(new RasterImage(itemShape[2], itemShape[1], channels, samples), rng);
        ImageInput.ToPlanes(changed.Samples, channels, item);
    }

    /// <summary>Changes a picture.</summary>
    /// <param name="picture">1 or 3 channels.</param>
    /// <param name="rng">The stream of this item in this epoch.</param>
    /// <returns>A picture of the same size and channels.</returns>
    protected abstract RasterImage Change(RasterImage picture, Rng rng);
}
