namespace Fovea.Data;

/// <summary>One part of an image folder as it lies on disk: class folders with files.</summary>
internal sealed class FolderPart
{
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    private FolderPart(string folder) => Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The class folders' names, composed.</summary>
    public IReadOnlyCollection<string> Classes => _folders.Keys;

    /// <summary>The files below class folders, in ordinal order.</summary>
    public List<ClassFile> Files { get; } = [];

    /// <summary>Files beside the class folders.</summary>
    public int Loose { get; private set; }

    /// <summary>Files in folders below the class folders.</summary>
    public int Deeper { get; private set; }

    /// <summary>Lists a folder whose folders are classes.</summary>
    /// <exception cref="DataFormatException">Two folders have the same name in composed form, or one cannot be
    /// read.</exception>
    public static FolderPart Of(string folder, IEnumerable<string> classFolders, int loose, FolderWalk walk)
    {
        FolderPart part = new(folder) { Loose = loose };
        foreach (string path in classFolders)
        {
            string name = ComposedName.Of(Path.GetFileName(path));
            if (!part._folders.TryAdd(name, path))
            {
                throw DataFormatException.In(
                    folder,
                    $"two folders are named '{name}', once with letters and marks in one character and once in two; make them one."
                );
            }

            (List<string> deeper, List<string> files) = walk.List(path);
            string[] below = [.. deeper.SelectMany(walk.Below)];
            part.Deeper += below.Length;
            part.Files.AddRange(files.Concat(below).Select(file => new ClassFile(file, name)));
        }

        return part;
    }

    /// <summary>Lists a folder whose folders are classes.</summary>
    public static FolderPart Of(string folder, FolderWalk walk)
    {
        (List<string> folders, List<string> files) = walk.List(folder);
        return Of(folder, folders, files.Count, walk);
    }
}
