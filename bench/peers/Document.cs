namespace Fovea.Peers;

/// <summary>A Markdown file with a block that is written anew: the lines between two marks, each a line of its own.</summary>
internal sealed class Document
{
    private readonly string _path;
    private readonly string _begin;
    private readonly string _end;

    private Document(string path, string block) =>
        (_path, _begin, _end) = (path, $"<!-- {block}:begin -->", $"<!-- {block}:end -->");

    /// <summary>Sees to it that file and marks are there, before anything is measured.</summary>
    /// <param name="path">The file.</param>
    /// <param name="block">The block's name.</param>
    /// <exception cref="ArgumentException">The file is not there, or its marks are not.</exception>
    public static Document Open(string path, string block)
    {
        Document document = new(path, block);
        if (!File.Exists(path))
        {
            throw new ArgumentException($"--write: there is no file '{path}'.");
        }

        document.Find(File.ReadAllLines(path));
        return document;
    }

    /// <summary>Puts lines between the marks, in place of those that are there.</summary>
    public void Write(IEnumerable<string> lines)
    {
        string[] text = File.ReadAllLines(_path);
        (int begin, int end) = Find(text);
        File.WriteAllLines(_path, [.. text[..(begin + 1)], "", .. lines, "", .. text[end..]]);
    }

    private (int Begin, int End) Find(string[] text)
    {
        int begin = Array.IndexOf(text, _begin),
            end = Array.IndexOf(text, _end);
        return begin >= 0 && end > begin
            ? (begin, end)
            : throw new ArgumentException($"--write: '{_path}' must have the lines {_begin} and, below, {_end}.");
    }
}
