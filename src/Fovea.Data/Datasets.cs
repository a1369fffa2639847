namespace Fovea.Data;

/// <summary>Opens data sets: built-in ones by name, files and folders by what is in them.</summary>
public static class Datasets
{
    /// <summary>Data sets that need no file, with what they are.</summary>
    public static IReadOnlyList<(string Name, string Description)> BuiltIn { get; } =
    [
        (
            "shapes",
            $"grayscale images 1 x 32 x 32 of ten geometric shapes with clutter and noise; {Shapes.DefaultTrainCount} to learn from, {Shapes.DefaultTestCount} to test"
        ),
        (
            "cbf",
            $"cylinder, bell and funnel series of 128 points (Saito 1994); {CylinderBellFunnel.DefaultTrainCount} to learn from, {CylinderBellFunnel.DefaultTestCount} to test"
        ),
    ];

    /// <summary>The environment variable that may name a folder of data sets, in which names are looked for.</summary>
    public const string FolderVariable = "FOVEA_DATA";

    /// <summary>Opens a data set.</summary>
    /// <param name="nameOrPath">
    /// A built-in name, which comes before a file or folder of that name: write <c>./shapes</c> for the folder; a
    /// folder with the four IDX files of an MNIST-like set, gzipped or not; a folder with X_TRAIN and X_TEST of the UCR
    /// archive
    /// (<c>.ts</c>, <c>.tsv</c>, <c>.txt</c>, <c>.arff</c>); a folder with the binary files of CIFAR-10 or CIFAR-100; an
    /// archive of NumPy (<c>.npz</c>) with images and labels; a folder with one folder of pictures for each class, or with
    /// such folders in <c>train</c> and <c>test</c> or <c>val</c>; or one of those files. The format is recognised by
    /// content. A name that is none of these is looked for in the folder that <see cref="FolderVariable"/> names; the name of a
    /// <see cref="PublishedDataset"/> also where that is fetched to.
    /// </param>
    /// <param name="options">Sizes, seed, and what to do with missing values and unequal lengths.</param>
    /// <exception cref="DataFormatException">There is no such name or file, or it is not a data set; the message says
    /// what was found where.</exception>
    /// <exception cref="ArgumentException">An option does not fit the set, e.g. more items asked for than there
    /// are.</exception>
    public static DataSource Open(string nameOrPath, DataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        options ??= new DataOptions();
        CheckCount(options.TrainCount, DataOptions.TrainItems);
        CheckCount(options.TestCount, DataOptions.TestItems);
        return nameOrPath switch
        {
            "shapes" => Shapes.Open(options),
            "cbf" => CylinderBellFunnel.Open(options),
            _ when Directory.Exists(nameOrPath) => OpenFolder(nameOrPath, options),
            _ when File.Exists(nameOrPath) => OpenFile(nameOrPath, options),
            _ when InDataFolder(nameOrPath, DataFolder) is { } found => Open(found, options),
            _ when PublishedDataset.Find(nameOrPath) is { } set => InDataFolder(
                set.Name,
                PublishedDataset.DefaultFolder
            )
                is { } fetched
                ? Open(fetched, options)
                : throw new DataFormatException(
                    $"'{nameOrPath}' is a data set that others publish, and it is not in {PublishedDataset.DefaultFolder}. Fetch it with 'fovea data get {set.Name}'."
                ),
            _ => throw new DataFormatException(
                $"'{nameOrPath}' does not exist; built-in data sets are: {string.Join(", ", BuiltIn.Select(set => set.Name))}. A name is also looked for in the folder that {FolderVariable} names{(DataFolder is { } folder ? $", {folder}" : "")}."
            ),
        };
    }

    /// <summary>The folder that the environment variable names; null where it names none.</summary>
    internal static string? DataFolder =>
        Environment.GetEnvironmentVariable(FolderVariable) is [_, ..] folder ? folder : null;

    /// <summary>The data set of a name in a folder of data sets; null where there is none.</summary>
    internal static string? InDataFolder(string name, string? folder)
    {
        bool isName = name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny("/\\\0");
        return isName && folder is not null && Path.Exists(Path.Combine(folder, name))
            ? Path.Combine(folder, name)
            : null;
    }

    private static DataSource OpenFolder(string folder, DataOptions options)
    {
        string[] files = FileBytes.List(folder);
        string found =
            files.Length == 0
                ? "no file"
                : string.Join(", ", files.Take(3).Select(Path.GetFileName))
                    + (files.Length > 3 ? $" and {files.Length - 3} more" : "");
        return IdxFolder.Is(files) ? IdxFolder.Open(folder, files, options)
            : CifarFolder.Is(files) ? CifarFolder.Open(folder, files, options)
            : SeriesFolder.Is(files) ? SeriesFolder.Open(folder, files, options)
            : ImageFolder.Is(folder) ? ImageFolder.Open(folder, options)
            : throw DataFormatException.In(
                folder,
                $"no data set recognised: expected the four IDX files of an MNIST-like set (train-images..., train-labels..., t10k-images..., t10k-labels...), the binary files of CIFAR (data_batch_1.bin, ..., test_batch.bin; or train.bin, test.bin), X_TRAIN and X_TEST as .ts, .tsv, .txt or .arff, or one folder of pictures for each class; found {found}."
            );
    }

    private static DataSource OpenFile(string file, DataOptions options)
    {
        byte[] start = FileBytes.Head(file, FileKind.HeadBytes);
        byte[] content = GzipMember.Is(start) ? new GzipMember(file, FileBytes.Read(file)).Head(4) : start;
        if (IdxFile.Is(content))
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            return IdxFolder.Open(folder, FileBytes.List(folder), options);
        }

        if (CifarFolder.Is([file]))
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            return CifarFolder.Open(folder, FileBytes.List(folder), options);
        }

        return NumpySource.Is(file, start)
            ? NumpySource.Open(file, options)
            : SeriesFolder.OpenFile(file, FileKind.Of(start), options);
    }

    private static void CheckCount(int? count, string option)
    {
        if (count is < 1)
        {
            throw new ArgumentException($"Data: {option} must be 1 or more, got {count}.");
        }
    }
}
