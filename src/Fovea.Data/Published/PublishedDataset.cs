namespace Fovea.Data;

/// <summary>A data set that others publish, and where.</summary>
public sealed class PublishedDataset
{
    internal PublishedDataset(string name, string description, Uri address, IReadOnlyList<PublishedFile> files)
    {
        (Name, Description, Address, Files) = (name, description, address, files);
    }

    /// <summary>Those that are known. Addresses and checksums are those of their authors' pages; the checksums of MNIST and of
    /// CIFAR are those that torchvision compares with.</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } =
    [
        new(
            "fashion-mnist",
            "garments, ten classes, 60000 + 10000 grey images 28 x 28, 31 MB (Xiao et al. 2017, MIT)",
            new Uri("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            [
                new("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                new("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
                new("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
                new("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
            ]
        ),
        new(
            "mnist",
            "handwritten digits, 60000 + 10000 grey images 28 x 28, 12 MB (LeCun et al. 1998)",
            new Uri("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            [
                new("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
                new("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
                new("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
                new("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
            ]
        ),
        new(
            "cifar10",
            "photographs of ten things, 50000 + 10000 color images 32 x 32, 170 MB (Krizhevsky 2009)",
            new Uri("https://www.cs.toronto.edu/~kriz/"),
            [new("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")]
        ),
        new(
            "cifar100",
            "photographs of a hundred things, 50000 + 10000 color images 32 x 32, 169 MB (Krizhevsky 2009)",
            new Uri("https://www.cs.toronto.edu/~kriz/"),
            [new("cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8")]
        ),
    ];

    /// <summary>What it is called, e.g. <c>cifar10</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, and whose.</summary>
    public string Description { get; }

    /// <summary>Where its files are.</summary>
    public Uri Address { get; }

    /// <summary>Its files.</summary>
    internal IReadOnlyList<PublishedFile> Files { get; }

    /// <summary>The set of a name; null where none is known by it.</summary>
    /// <param name="name">The name.</param>
    public static PublishedDataset? Find(string name) =>
        All.FirstOrDefault(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where sets are kept that are fetched: the folder that <see cref="Datasets.FolderVariable"/> names, else
    /// <c>.fovea/data</c> in the user's own.</summary>
    public static string DefaultFolder =>
        Datasets.DataFolder
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".fovea", "data");

    /// <summary>Fetches the set into a folder of its name. What was fetched before is taken up again where it ended; every
    /// file is compared with its checksum, and archives are unpacked. The folder appears whole or not at all.</summary>
    /// <param name="folder">The folder above; null for <see cref="DefaultFolder"/>.</param>
    /// <param name="mirror">Another address to take the files from, by the same names; null for
    /// <see cref="Address"/>.</param>
    /// <param name="progress">Hears the file and the share of it that is there; null for nobody.</param>
    /// <param name="cancel">Stops; what is there stays, to be taken up again.</param>
    /// <returns>The folder of the set. Where it is there already, nothing is fetched.</returns>
    /// <exception cref="DataFormatException">The address cannot be reached, answers otherwise, or a file has another
    /// checksum; or the folder cannot be written.</exception>
    public async Task<string> GetAsync(
        string? folder = null,
        Uri? mirror = null,
        IProgress<(string File, double Share)>? progress = null,
        CancellationToken cancel = default
    )
    {
        string above = folder ?? DefaultFolder,
            target = Path.Combine(above, Name);
        if (Directory.Exists(target))
        {
            return target;
        }

        string unfinished = Path.Combine(above, $".{Name}.unfinished"),
            unpacked = Path.Combine(above, $".{Name}.unpacked");
        try
        {
            Directory.CreateDirectory(unfinished);
            Uri from = mirror ?? Address;
            using Download download = new(
                Name,
                from.AbsoluteUri.EndsWith('/') ? from : new Uri(from.AbsoluteUri + "/")
            );
            foreach (PublishedFile file in Files)
            {
                await download.GetAsync(file, unfinished, progress, cancel).ConfigureAwait(false);
            }

            if (Directory.Exists(unpacked))
            {
                Directory.Delete(unpacked, recursive: true);
            }

            Directory.CreateDirectory(unpacked);
            foreach (PublishedFile file in Files)
            {
                Unpacking.Place(Path.Combine(unfinished, file.Name), unpacked, cancel);
            }

            Directory.Move(unpacked, target);
            Directory.Delete(unfinished, recursive: true);
            return target;
        }
        catch (Exception e)
            when (e is (IOException and not DataFormatException) or UnauthorizedAccessException or NotSupportedException
            )
        {
            throw DataFormatException.In(above, $"{Name} cannot be put there: {e.Message}", e);
        }
    }
}
