using System.Globalization;
using Fovea.Files;

namespace Fovea.Data;

/// <summary>An archive of NumPy (<c>.npz</c>) with images or series and their labels.</summary>
internal static class NumpySource
{
    private const int MostClasses = 100_000;

    // Items and labels to learn from and to be judged on, as Keras and MedMNIST name them.
    private static readonly string[][] WithParts =
    [
        ["x_train", "y_train", "x_test", "y_test"],
        ["train_images", "train_labels", "test_images", "test_labels"],
    ];

    private static readonly string[][] WithoutParts =
    [
        ["x", "y"],
        ["images", "labels"],
        ["data", "labels"],
    ];

    /// <summary>Whether a file is an archive of arrays, or begins as a single array.</summary>
    public static bool Is(string file, ReadOnlySpan<byte> start) =>
        NumpyHeader.Is(start)
        || (
            ZipArchiveReader.Is(start)
            && (Path.GetExtension(file).Equals(".npz", StringComparison.OrdinalIgnoreCase) || HasArrays(file))
        );

    /// <summary>Opens the file.</summary>
    public static DataSource Open(string file, DataOptions options) =>
        FileBytes.Open(file, source => Open(source, options));

    /// <summary>Opens a source.</summary>
    public static DataSource Open(ByteSource source, DataOptions options)
    {
        if (NumpyHeader.Is(source.Head(8)))
        {
            throw DataFormatException.In(
                source.Name,
                "a single array has no labels. Put images and labels into one archive: numpy.savez(path, x=images, y=labels)."
            );
        }

        ZipArchiveReader archive = ZipArchiveReader.Read(source);
        if (!archive.Entries.Any(IsArray))
        {
            throw DataFormatException.In(
                source.Name,
                "the file is a zip archive without arrays of NumPy. Unpack it first, if it holds a data set."
            );
        }

        Dictionary<string, ZipEntry> arrays = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, ZipEntry entry) in NumpyArray.List(source, archive))
        {
            arrays.TryAdd(name, entry);
        }

        string[] names =
            WithParts.Concat(WithoutParts).FirstOrDefault(set => Array.TrueForAll(set, arrays.ContainsKey))
            ?? throw DataFormatException.In(
                source.Name,
                $"a data set has the arrays x_train, y_train, x_test and y_test, or x and y; this archive has {string.Join(", ", arrays.Keys.Take(6).Select(ShortName.Of))}{(arrays.Count > 6 ? ", ..." : "")}."
            );
        (ArrayItems Items, int[] Labels) first = Read(names[0], names[1]);
        return names.Length == 4
            ? Parts(source.Name, first, Read(names[2], names[3]), options)
            : Split(source.Name, first, options);

        (ArrayItems, int[]) Read(string items, string labels)
        {
            ArrayItems read = ArrayItems.Read(source, archive, arrays[items]);
            return (read, Labels(source, archive, arrays[labels], read.Count));
        }
    }

    private static bool HasArrays(string file)
    {
        try
        {
            return FileBytes.Open(file, source => ZipArchiveReader.Read(source).Entries.Any(IsArray));
        }
        catch (DataFormatException)
        {
            return false; // a damaged archive of something else
        }
    }

    private static bool IsArray(ZipEntry entry) => entry.Name.EndsWith(".npy", StringComparison.Ordinal);

    private static DataSource Parts(
        string file,
        (ArrayItems Items, int[] Labels) train,
        (ArrayItems Items, int[] Labels) test,
        DataOptions options
    )
    {
        if (train.Items.Shape != test.Items.Shape)
        {
            throw DataFormatException.In(
                file,
                $"items to learn from are {train.Items.Shape}, items to be judged on {test.Items.Shape}; they must have one shape."
            );
        }

        string[] classes = Classes(file, train.Labels);
        int unknown = Array.FindIndex(test.Labels, l => l >= classes.Length);
        return unknown < 0
            ? Source(
                file,
                train,
                [.. Enumerable.Range(0, train.Items.Count)],
                test,
                [.. Enumerable.Range(0, test.Items.Count)],
                classes,
                options,
                []
            )
            : throw DataFormatException.In(
                file,
                $"labels must be 0 to {classes.Length - 1} as in the training set, got {test.Labels[unknown]} for test item {unknown}."
            );
    }

    private static DataSource Split(string file, (ArrayItems Items, int[] Labels) all, DataOptions options)
    {
        string[] classes = Classes(file, all.Labels);
        bool[] test = options.AllForTest
            ? [.. Enumerable.Repeat(true, all.Labels.Length)]
            : TestShare.Of(all.Labels, new Rng(options.Seed).Split("arrays"));
        int[] learned = [.. Enumerable.Range(0, test.Length).Where(i => !test[i])],
            judged = [.. Enumerable.Range(0, test.Length).Where(i => test[i])];
        if (judged.Length == 0 || (learned.Length == 0 && !options.AllForTest))
        {
            throw DataFormatException.In(
                file,
                $"there must be items to learn from and items to be judged on, found {learned.Length} and {judged.Length}. Add items, or arrays x_test and y_test."
            );
        }

        string notice = options.AllForTest
            ? "all items are for judging, as the archive has no parts."
            : $"the archive has no parts: {learned.Length} items are to learn from and {judged.Length}, a fifth of each class by the seed, to be judged on.";
        return Source(file, all, learned, all, judged, classes, options, [notice]);
    }

    private static DataSource Source(
        string file,
        (ArrayItems Items, int[] Labels) train,
        int[] learned,
        (ArrayItems Items, int[] Labels) test,
        int[] judged,
        string[] classes,
        DataOptions options,
        string[] notices
    )
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return new DataSource(
            name,
            "npz",
            Part(train, learned, "train", options.TrainCount, DataOptions.TrainItems),
            Part(test, judged, "test", options.TestCount, DataOptions.TestItems)
        )
        {
            Notices = [$"arrays are read as {train.Items.Reading}.", .. notices],
        };

        IDataset Part((ArrayItems Items, int[] Labels) part, int[] places, string which, int? count, string option) =>
            FirstItems.Of(new ArrayDataset($"{name} {which}", part.Items, places, part.Labels, classes), count, option);
    }

    private static string[] Classes(string file, int[] labels)
    {
        int count = labels.Length == 0 ? 0 : labels.Max() + 1;
        return count >= 2
            ? [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))]
            : throw DataFormatException.In(
                file,
                $"there must be labels of two classes or more, got {(count == 0 ? "no item" : "only label 0")}."
            );
    }

    private static int[] Labels(ByteSource source, ZipArchiveReader archive, ZipEntry entry, int items)
    {
        string place = $"{source.Name}, '{ShortName.Of(entry.Name)}'";
        Shape sizes = NumpyArray.HeaderOf(source, archive, entry).Shape;
        if (sizes.Rank is not (1 or 2) || sizes[0] != items || (sizes.Rank == 2 && sizes[1] != 1))
        {
            throw new InvalidDataException(
                $"{place}: there must be one label for each of the {items} items, got the shape ({string.Join(", ", sizes)}){(sizes.Rank == 2 ? ". Of one-hot labels take argmax(axis=1)" : "")}."
            );
        }

        double[] values = NumpyArray.Read(source, archive, entry).Tensor.To(DType.Float64).ToArray<double>();
        int wrong = Array.FindIndex(values, v => !(v >= 0 && v < MostClasses && v == Math.Floor(v)));
        return wrong < 0
            ? [.. values.Select(v => (int)v)]
            : throw new InvalidDataException(
                $"{place}: labels must be whole numbers of 0 to {MostClasses - 1}, got {values[wrong].ToString(CultureInfo.InvariantCulture)} for item {wrong}."
            );
    }
}
