using System.Globalization;
using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Elements that lie in files beside the model: never outside its folder.</summary>
internal static class ExternalData
{
    /// <summary>Reads the bytes of a tensor.</summary>
    /// <param name="folder">The model's folder; null where it was not read from a file.</param>
    /// <param name="proto">Where the data is.</param>
    /// <param name="bytes">How many its sizes ask for.</param>
    /// <param name="what">How messages name the tensor.</param>
    /// <exception cref="ModelFormatException">The place is outside the folder, absent, or too short.</exception>
    public static byte[] Read(string? folder, TensorProto proto, long bytes, string what)
    {
        Dictionary<string, string> entries = [];
        foreach (StringStringEntryProto entry in proto.ExternalData)
        {
            entries[entry.Key] = entry.Value;
        }

        string location = entries.GetValueOrDefault("location", "");
        string path = PathIn(folder, location, what);
        long offset = Number(entries, "offset", 0, what),
            length = Number(entries, "length", bytes, what);
        if (length != bytes)
        {
            throw new ModelFormatException(
                $"{what}: its sizes ask for {bytes:N0} bytes, its external data has length {length:N0}."
            );
        }

        return OnnxReader.Guard(
            path,
            () =>
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                if (offset > stream.Length || length > stream.Length - offset)
                {
                    throw new ModelFormatException(
                        $"{what}: needs {length:N0} bytes from {offset:N0} of '{location}', which has {stream.Length:N0} bytes."
                    );
                }

                stream.Position = offset;
                byte[] data = new byte[length];
                stream.ReadExactly(data);
                return data;
            }
        );
    }

    private static string PathIn(string? folder, string location, string what)
    {
        if (folder is null)
        {
            throw new ModelFormatException($"{what}: its data lies in '{location}', but the model has no folder.");
        }

        string root = Path.GetFullPath(folder.Length == 0 ? "." : folder);
        bool inside =
            location.Length > 0
            && !location.Contains('\0', StringComparison.Ordinal)
            && !Path.IsPathRooted(location)
            && !location.Split('/', '\\').Contains("..");
        string path = inside ? Path.GetFullPath(Path.Combine(root, location)) : root;
        if (!inside || !IsBelow(path, root) || Links(root, path).Any(target => !IsBelow(target, root)))
        {
            throw new ModelFormatException(
                $"{what}: external data must lie in the model's folder, got location '{location}'."
            );
        }

        return path;
    }

    /// <summary>Where links lead to, on the way from the folder to the file.</summary>
    private static IEnumerable<string> Links(string root, string path)
    {
        for (string? part = path; part is not null && part.Length > root.Length; part = Path.GetDirectoryName(part))
        {
            FileSystemInfo entry = Directory.Exists(part) ? new DirectoryInfo(part) : new FileInfo(part);
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                yield return target.FullName;
            }
        }
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(
            Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    private static long Number(Dictionary<string, string> entries, string key, long usual, string what) =>
        !entries.TryGetValue(key, out string? text) ? usual
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new ModelFormatException($"{what}: '{key}' of external data must be a number, got '{text}'.");
}
