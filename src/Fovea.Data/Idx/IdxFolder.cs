using System.Globalization;

namespace Fovea.Data;

/// <summary>The four IDX files of MNIST and its kin, as they ship: <c>train-images*</c>, <c>train-labels*</c>, and the
/// same with <c>t10k</c> or <c>test</c>, gzipped or not.</summary>
internal static class IdxFolder
{
    private static readonly string[] FashionClasses =
    [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ];

    /// <summary>Whether a folder's file names look like an IDX set.</summary>
    public static bool Is(string[] files) =>
        Find(files, "images", "train") is not null || Find(files, "images", "t10k", "test") is not null;

    /// <summary>Reads the folder.</summary>
    public static DataSource Open(string folder, string[] files, DataOptions options)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        (IdxFile images, IdxFile labels) train = Pair(folder, files, "train"),
            test = Pair(folder, files, "t10k", "test");
        if (!train.images.Sizes.AsSpan(1).SequenceEqual(test.images.Sizes.AsSpan(1)))
        {
            throw DataFormatException.In(
                test.images.File,
                $"test images must have the size of training images, {Size(train.images)}, got {Size(test.images)}."
            );
        }

        int classCount = Largest(train.labels) + 1;
        if (Largest(test.labels) >= classCount)
        {
            int at = test.labels.Elements.IndexOfAnyExceptInRange((byte)0, (byte)(classCount - 1));
            throw DataFormatException.AtByte(
                test.labels.File,
                test.labels.Start + at,
                $"labels must be 0 to {classCount - 1} as in the training set, got {test.labels.Elements[at]}."
            );
        }

        string[] classes = ClassNames(name, classCount);
        return new DataSource(
            name,
            "idx",
            FirstItems.Of(Dataset($"{name} train", train, classes), options.TrainCount, DataOptions.TrainItems),
            FirstItems.Of(Dataset($"{name} test", test, classes), options.TestCount, DataOptions.TestItems)
        );
    }

    /// <summary>Garment names where the folder's name says fashion and there are ten classes, else the
    /// numbers.</summary>
    internal static string[] ClassNames(string folderName, int count) =>
        count == FashionClasses.Length && folderName.Contains("fashion", StringComparison.OrdinalIgnoreCase)
            ? FashionClasses
            : [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    private static (IdxFile Images, IdxFile Labels) Pair(string folder, string[] files, params string[] prefixes)
    {
        IdxFile images = IdxFile.Read(Require(folder, files, "images", prefixes), 3);
        IdxFile labels = IdxFile.Read(Require(folder, files, "labels", prefixes), 1);
        return images.Sizes[0] == labels.Sizes[0]
            ? (images, labels)
            : throw DataFormatException.In(
                labels.File,
                $"there must be a label for each image, got {labels.Sizes[0]} labels for the {images.Sizes[0]} images of {Path.GetFileName(images.File)}."
            );
    }

    private static ByteImageDataset Dataset(string name, (IdxFile Images, IdxFile Labels) pair, string[] classes) =>
        new(
            name,
            [1, pair.Images.Sizes[1], pair.Images.Sizes[2]],
            classes,
            pair.Labels.Elements.ToArray(),
            new Lazy<byte[]>(pair.Images.Content),
            pair.Images.Start
        );

    private static int Largest(IdxFile labels)
    {
        byte largest = 0;
        foreach (byte label in labels.Elements)
        {
            largest = Math.Max(largest, label);
        }

        return largest;
    }

    private static string Size(IdxFile images) => $"{images.Sizes[1]}x{images.Sizes[2]}";

    private static string Require(string folder, string[] files, string kind, string[] prefixes) =>
        Find(files, kind, prefixes)
        ?? throw DataFormatException.In(
            folder,
            $"an IDX data set needs the file {prefixes[0]}-{kind}-idx{(kind == "images" ? 3 : 1)}-ubyte or the same with .gz, which is not there."
        );

    /// <summary>The first file in ordinal order, so an uncompressed one before its gzipped copy.</summary>
    private static string? Find(string[] files, string kind, params string[] prefixes) =>
        files.FirstOrDefault(file =>
            Array.Exists(
                prefixes,
                prefix => Path.GetFileName(file).StartsWith($"{prefix}-{kind}", StringComparison.OrdinalIgnoreCase)
            )
        );
}
