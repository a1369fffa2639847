namespace Fovea.Data;

/// <summary>The built-in set <c>shapes</c>: drawn on first use, a few hundred milliseconds for all of it.</summary>
/// <remarks>
/// Each image shows one shape of a random place, size, turn and gray on a sloping background with clutter lines and
/// noise; lighter or darker than the
/// background, so no single pixel tells the class. Image i of a seed is always the same, whatever the number of images.
/// </remarks>
internal static class Shapes
{
    public const int DefaultTrainCount = 8000;
    public const int DefaultTestCount = 2000;

    /// <summary>Classes in the order of <see cref="ShapeOutline.Distance"/>.</summary>
    public static readonly string[] Classes =
    [
        "disc",
        "ring",
        "square",
        "triangle",
        "cross",
        "star",
        "hexagon",
        "crescent",
        "bars",
        "checker",
    ];

    private static readonly Shape ItemShape = [1, ShapeImage.Side, ShapeImage.Side];

    /// <summary>The set of a seed.</summary>
    public static DataSource Open(DataOptions options)
    {
        Rng rng = new Rng(options.Seed).Split("shapes");
        return new DataSource(
            "shapes",
            "generated",
            Dataset(
                "shapes train",
                ItemLimits.GeneratedCount(
                    "shapes",
                    options.TrainCount,
                    DefaultTrainCount,
                    (int)ItemShape.Count,
                    DataOptions.TrainItems
                ),
                rng.Split("train")
            ),
            Dataset(
                "shapes test",
                ItemLimits.GeneratedCount(
                    "shapes",
                    options.TestCount,
                    DefaultTestCount,
                    (int)ItemShape.Count,
                    DataOptions.TestItems
                ),
                rng.Split("test")
            )
        );
    }

    private static ByteImageDataset Dataset(string name, int count, Rng rng)
    {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % Classes.Length);
        }

        return new ByteImageDataset(name, ItemShape, Classes, labels, new Lazy<byte[]>(() => Draw(labels, rng)));
    }

    private static byte[] Draw(byte[] labels, Rng rng)
    {
        int size = (int)ItemShape.Count;
        byte[] pixels = new byte[(long)labels.Length * size];
        ShapeImage image = new();
        for (int i = 0; i < labels.Length; i++)
        {
            image.Draw(labels[i], rng.Split((ulong)i), pixels.AsSpan(i * size, size));
        }

        return pixels;
    }
}
