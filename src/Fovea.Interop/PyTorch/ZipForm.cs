using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>The form since PyTorch 1.6: a zip archive with <c>data.pkl</c>, and a file for the memory of each storage
/// below <c>data</c>, all in one folder of any name, uncompressed.</summary>
internal static class ZipForm
{
    private const string Pickle = "data.pkl";
    private const int LongestNote = 64;

    /// <summary>Whether an archive is of this form.</summary>
    public static bool Is(ZipArchiveReader archive) => archive.Entries.Any(e => IsPickle(e.Name));

    /// <summary>Reads an archive.</summary>
    public static TorchContainer Read(ByteSource source, PickleCalls calls, PickleBudget budget)
    {
        ZipArchiveReader archive = ZipArchiveReader.Read(source);
        ZipEntry[] pickles = [.. archive.Entries.Where(e => IsPickle(e.Name))];
        if (pickles.Length != 1)
        {
            throw new ModelFormatException(
                pickles.Length == 0
                    ? $"{source.Name}: a zip archive without {Pickle}, so no checkpoint of PyTorch; it has {Some(archive)}."
                    : $"{source.Name}: the archive has {pickles.Length} files {Pickle}; a checkpoint has one."
            );
        }

        ZipEntry pickle = pickles[0];
        string root = pickle.Name[..^Pickle.Length];
        foreach (ZipEntry entry in archive.Entries)
        {
            Check(source, entry);
        }

        archive.Verify(pickle);
        Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);
        PickleInput input = new(source, pickle.Start, pickle.Start + pickle.Size);
        object? value = new PickleMachine(
            input,
            budget,
            calls,
            id => TorchStorages.Find(id, storages, budget, input)
        ).Run();
        Dictionary<string, (long, long)> stretches = new(StringComparer.Ordinal);
        string data = root + "data/";
        foreach (ZipEntry entry in archive.Entries.Where(e => e.Name.StartsWith(data, StringComparison.Ordinal)))
        {
            string key = entry.Name[data.Length..];
            stretches[key] = (entry.Start, entry.Size);
            if (storages.ContainsKey(key))
            {
                archive.Verify(entry);
            }
        }

        bool isBig = IsBigEndian(source, archive, root);
        return new TorchContainer(source, "zip archive", value, stretches, isBig, calls, budget);
    }

    private static bool IsPickle(string name) =>
        name == Pickle || name.EndsWith("/" + Pickle, StringComparison.Ordinal);

    private static void Check(ByteSource source, ZipEntry entry)
    {
        string? problem =
            entry.Method != ZipEntry.Stored ? "is compressed; PyTorch stores files as they are"
            : entry.Name.StartsWith('/') || entry.Name.Split('/', '\\').Contains("..")
                ? "has a name that leads out of the archive"
            : null;
        if (problem is not null)
        {
            throw new ModelFormatException(
                $"{source.Name}: '{ShortName.Of(entry.Name)}' {problem}. The file is damaged or no checkpoint of PyTorch."
            );
        }
    }

    private static bool IsBigEndian(ByteSource source, ZipArchiveReader archive, string root)
    {
        if (archive.Entries.FirstOrDefault(e => e.Name == root + "byteorder") is not { } entry)
        {
            return false;
        }

        string order = System.Text.Encoding.ASCII.GetString(archive.ReadAll(entry, LongestNote)).Trim();
        return order switch
        {
            "little" => false,
            "big" => true,
            _ => throw new ModelFormatException(
                $"{source.Name}: byteorder must be 'little' or 'big', got '{ShortName.Of(order)}'."
            ),
        };
    }

    private static string Some(ZipArchiveReader archive) =>
        archive.Entries.Count == 0
            ? "no file"
            : string.Join(", ", archive.Entries.Take(3).Select(e => $"'{ShortName.Of(e.Name)}'"))
                + (archive.Entries.Count > 3 ? ", ..." : "");
}
