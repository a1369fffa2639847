namespace Fovea.Interop.Onnx;

/// <summary>Names of layers: those of the file, as paths with points.</summary>
internal sealed class OnnxNames
{
    private readonly HashSet<string> _taken = [];

    /// <summary>Whether a layer has a name.</summary>
    public bool Has(string name) => _taken.Contains(name);

    /// <summary>A name that no layer has yet: with _2, _3 behind it where it is taken.</summary>
    public string Unique(string name)
    {
        string unique = name;
        for (int i = 2; !_taken.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }

    /// <summary>A node's name as a path. PyTorch's exporter writes <c>/layer1/layer1.0/conv1/Conv</c>, in which a part may
    /// repeat those before it, for <c>layer1.0.conv1</c>.</summary>
    /// <param name="name">The name in the file.</param>
    /// <param name="type">The operator, which ends the name there.</param>
    public static string Path(string name, string type)
    {
        List<string> parts = [.. name.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        if (parts.Count > 1 && parts[^1] == type)
        {
            parts.RemoveAt(parts.Count - 1);
        }

        string path = "";
        foreach (string part in parts)
        {
            path =
                path.Length == 0 || part.StartsWith(path + ".", StringComparison.Ordinal) ? part
                : path.EndsWith("." + part, StringComparison.Ordinal) ? path
                : $"{path}.{part}";
        }

        path = path.Replace("::", "_", StringComparison.Ordinal).Replace(':', '_').Replace(' ', '_').Trim('.');
        return path.Length == 0 ? type.ToLowerInvariant() : path;
    }
}
