namespace Fovea.Data;

/// <summary>Adds Gaussian noise to every point of a series (Um et al. 2017).</summary>
/// <param name="deviation">Standard deviation of the noise, above 0 to 10; series are normalized, so 0.03 is 3 % of
/// their spread.</param>
public sealed class Jitter(double deviation) : ItemTransform
{
    /// <inheritdoc/>
    public override string Name => "jitter";

    /// <inheritdoc/>
    public override double Amount => deviation;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) => SeriesOnly(itemShape);

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        foreach (ref float value in item)
        {
            value = (float)(value + (deviation * rng.NextNormal()));
        }
    }
}

/// <summary>Multiplies each channel of a series by a factor from N(1, deviation) (Um et al. 2017).</summary>
/// <param name="deviation">Above 0 to 1; 0.1 is usual.</param>
public sealed class RandomScale(double deviation) : ItemTransform
{
    /// <inheritdoc/>
    public override string Name => "scale";

    /// <inheritdoc/>
    public override double Amount => deviation;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) => SeriesOnly(itemShape);

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        for (int c = 0; c < itemShape[0]; c++)
        {
            float factor = (float)(1 + (deviation * rng.NextNormal()));
            foreach (ref float value in item.Slice(c * itemShape[1], itemShape[1]))
            {
                value *= factor;
            }
        }
    }
}

/// <summary>Takes a stretch of a series at a random place and draws it out to the full length by linear interpolation
/// (window slicing, Le Guennec et al. 2016).</summary>
/// <param name="share">Length of the stretch as a share of the series, above 0 to 1; 0.9 is usual.</param>
public sealed class WindowCrop(double share) : ItemTransform
{
    /// <inheritdoc/>
    public override string Name => "window";

    /// <inheritdoc/>
    public override double Amount => share;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) =>
        SeriesOnly(itemShape)
        ?? (Window(itemShape) >= 2 ? null : $"leaves {Window(itemShape)} of {itemShape[1]} points, fewer than 2");

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        int length = itemShape[1],
            window = Window(itemShape),
            start = rng.Next(length - window + 1);
        float[] source = new float[window];
        for (int c = 0; c < itemShape[0]; c++)
        {
            Span<float> channel = item.Slice(c * length, length);
            channel.Slice(start, window).CopyTo(source);
            for (int i = 0; i < length; i++)
            {
                double at = (double)i * (window - 1) / (length - 1);
                int before = Math.Min((int)at, window - 2);
                channel[i] = (float)(source[before] + ((source[before + 1] - source[before]) * (at - before)));
            }
        }
    }

    private int Window(Shape itemShape) => (int)Math.Round(itemShape[1] * share);
}
