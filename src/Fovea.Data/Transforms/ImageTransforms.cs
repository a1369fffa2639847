namespace Fovea.Data;

/// <summary>Shifts an image by up to a number of pixels each way; what comes in from outside is 0, the mean (the
/// pad-and-crop of He et al. 2015).</summary>
/// <param name="pixels">Largest shift, 1 up; less than height and width.</param>
public sealed class RandomCrop(int pixels) : ItemTransform
{
    /// <inheritdoc/>
    public override string Name => "crop";

    /// <inheritdoc/>
    public override double Amount => pixels;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) =>
        ImagesOnly(itemShape)
        ?? (
            pixels < itemShape[1] && pixels < itemShape[2]
                ? null
                : $"shifts by {pixels} pixels, which must be less than height and width of {itemShape}"
        );

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        int down = rng.Next((2 * pixels) + 1) - pixels,
            right = rng.Next((2 * pixels) + 1) - pixels;
        int height = itemShape[1],
            width = itemShape[2],
            kept = width - Math.Abs(right);
        for (int c = 0; c < itemShape[0]; c++)
        {
            Span<float> plane = item.Slice(c * height * width, height * width);
            for (int i = 0; i < height; i++)
            {
                int y = down > 0 ? height - 1 - i : i,
                    from = y - down; // rows in the order that reads each before it is overwritten
                Span<float> row = plane.Slice(y * width, width);
                if (from < 0 || from >= height)
                {
                    row.Clear();
                    continue;
                }

                plane.Slice((from * width) + Math.Max(0, -right), kept).CopyTo(row[Math.Max(0, right)..]);
                (right > 0 ? row[..right] : row[kept..]).Clear();
            }
        }
    }
}

/// <summary>Mirrors an image left to right.</summary>
/// <param name="probability">0 to 1, usually 0.5.</param>
public sealed class RandomFlip(double probability) : ItemTransform
{
    /// <inheritdoc/>
    public override string Name => "flip";

    /// <inheritdoc/>
    public override double Amount => probability;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) => ImagesOnly(itemShape);

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        if (rng.NextDouble() >= probability)
        {
            return;
        }

        int width = itemShape[2];
        for (int start = 0; start < item.Length; start += width)
        {
            item.Slice(start, width).Reverse();
        }
    }
}

/// <summary>Blanks a rectangle to 0, the mean (Zhong, Zheng, Kang, Li, Yang: Random erasing data augmentation; 2017):
/// area 2 to 40 % of the image, height to width between 0.3 and 1/0.3.</summary>
/// <param name="probability">0 to 1: how often an image is erased; the paper's choice is 0.5.</param>
public sealed class RandomErasing(double probability) : ItemTransform
{
    private const int Attempts = 100;

    /// <inheritdoc/>
    public override string Name => "erase";

    /// <inheritdoc/>
    public override double Amount => probability;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) => ImagesOnly(itemShape);

    /// <inheritdoc/>
    public override void Apply(Span<float> item, Shape itemShape, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        if (rng.NextDouble() >= probability)
        {
            return;
        }

        int imageHeight = itemShape[1],
            imageWidth = itemShape[2];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = (0.02 + (0.38 * rng.NextDouble())) * imageHeight * imageWidth;
            double aspect = 0.3 + (((1 / 0.3) - 0.3) * rng.NextDouble());
            int height = (int)Math.Round(Math.Sqrt(area * aspect)),
                width = (int)Math.Round(Math.Sqrt(area / aspect));
            int top = rng.Next(imageHeight),
                left = rng.Next(imageWidth);
            if (height < 1 || width < 1 || top + height > imageHeight || left + width > imageWidth)
            {
                continue;
            }

            for (int line = 0; line < itemShape[0] * height; line++)
            {
                int y = (line / height * imageHeight) + top + (line % height);
                item.Slice((y * imageWidth) + left, width).Clear();
            }

            return;
        }
    }
}
