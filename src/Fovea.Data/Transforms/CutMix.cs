namespace Fovea.Data;

/// <summary>Pastes a rectangle of another image of the batch and shifts class weights by its area (Yun et al.: CutMix:
/// regularization strategy to train strong classifiers with localizable features; 2019).</summary>
/// <param name="alpha">Above 0 to 10; 1 is usual. The area left is drawn from Beta(alpha, alpha).</param>
public sealed class CutMix(double alpha) : BatchTransform
{
    /// <inheritdoc/>
    public override string Name => "cutmix";

    /// <inheritdoc/>
    public override double Amount => alpha;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) =>
        itemShape.Rank == 3 ? null : $"works on images [C, H, W], not on series {itemShape}";

    /// <inheritdoc/>
    public override void Apply(Span<float> inputs, Span<float> targets, Shape itemShape, int count, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        int height = itemShape[1],
            width = itemShape[2];
        double side = Math.Sqrt(1 - BetaDistribution.Draw(alpha, rng));
        (int top, int bottom) = Range(height, side, rng);
        (int left, int right) = Range(width, side, rng);
        int[] partners = rng.Permutation(count);
        Paste(inputs, itemShape, count, partners, (top, bottom, left, right));
        Mix(targets, count, partners, 1 - ((float)((bottom - top) * (right - left)) / (height * width)));
    }

    /// <summary>A stretch of a share of an axis around a uniformly drawn center, cut at the borders.</summary>
    private static (int Start, int End) Range(int size, double share, Rng rng)
    {
        int length = (int)(size * share),
            center = rng.Next(size);
        return (Math.Max(0, center - (length / 2)), Math.Min(size, center - (length / 2) + length));
    }

    private static void Paste(
        Span<float> inputs,
        Shape itemShape,
        int count,
        int[] partners,
        (int Top, int Bottom, int Left, int Right) box
    )
    {
        float[] before = inputs.ToArray();
        int height = itemShape[1],
            width = itemShape[2],
            size = (int)itemShape.Count;
        for (int n = 0; n < count; n++)
        {
            for (int c = 0; c < itemShape[0]; c++)
            {
                for (int y = box.Top; y < box.Bottom; y++)
                {
                    int at = (((c * height) + y) * width) + box.Left;
                    before.AsSpan((partners[n] * size) + at, box.Right - box.Left).CopyTo(inputs[((n * size) + at)..]);
                }
            }
        }
    }
}
