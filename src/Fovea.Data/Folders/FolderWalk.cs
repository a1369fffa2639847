namespace Fovea.Data;

/// <summary>Lists what is in a folder in ordinal order: what systems and editors leave behind is passed over and counted,
/// links are followed once.</summary>
internal sealed class FolderWalk
{
    private static readonly HashSet<string> Litter = new(StringComparer.OrdinalIgnoreCase)
    {
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "Icon\r",
        "__MACOSX",
        "@eaDir",
        "$RECYCLE.BIN",
        "System Volume Information",
    };

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Entries passed over: names that start with a dot and the like.</summary>
    public int LitterCount { get; private set; }

    /// <summary>Links that lead nowhere, or to what was seen before, a sentence each.</summary>
    public List<string> SkippedLinks { get; } = [];

    /// <summary>The folders and files of a folder, in ordinal order of their names.</summary>
    /// <exception cref="DataFormatException">The folder cannot be read.</exception>
    public (List<string> Folders, List<string> Files) List(string folder)
    {
        List<string> folders = [],
            files = [];
        foreach (FileSystemInfo entry in FileBytes.Entries(folder).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            if (entry.Name.StartsWith('.') || Litter.Contains(entry.Name))
            {
                LitterCount++;
                continue;
            }

            if (Target(entry) is not { } target)
            {
                SkippedLinks.Add($"{entry.FullName} leads nowhere");
            }
            else if (!_seen.Add(target.Path))
            {
                SkippedLinks.Add($"{entry.FullName} leads to {target.Path}, which was seen before");
            }
            else
            {
                (target.IsFolder ? folders : files).Add(Path.Combine(folder, entry.Name));
            }
        }

        return (folders, files);
    }

    /// <summary>All files below a folder, at any depth, in ordinal order folder by folder.</summary>
    public IEnumerable<string> Below(string folder)
    {
        (List<string> folders, List<string> files) = List(folder);
        return files.Concat(folders.SelectMany(Below));
    }

    /// <summary>Notes a folder as seen, so that a link below it does not lead back.</summary>
    public void Enter(string folder) => _seen.Add(RealPath(Path.GetFullPath(folder)));

    /// <summary>What an entry is, links followed to their end; null where they lead nowhere.</summary>
    private static (string Path, bool IsFolder)? Target(FileSystemInfo entry)
    {
        string real = RealPath(entry.FullName);
        bool isFolder = Directory.Exists(real);
        return isFolder || File.Exists(real) ? (real, isFolder) : null;
    }

    /// <summary>A path without links in any of its parts.</summary>
    private static string RealPath(string path)
    {
        string root = Path.GetPathRoot(path)!,
            real = root;
        int followed = 0;
        Stack<string> parts = new(path[root.Length..].Split(Path.DirectorySeparatorChar).Reverse());
        while (parts.TryPop(out string? part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            real = part == ".." ? Path.GetDirectoryName(real) ?? root : Path.Combine(real, part);
            if (followed < 64 && new FileInfo(real).LinkTarget is { } target)
            {
                followed++;
                real = Path.IsPathRooted(target) ? root : Path.GetDirectoryName(real) ?? root;
                foreach (string next in target.Split(Path.DirectorySeparatorChar).Reverse())
                {
                    parts.Push(next);
                }
            }
        }

        return real;
    }
}
