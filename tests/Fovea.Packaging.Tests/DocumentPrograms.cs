using System.Text.RegularExpressions;

namespace Fovea.Packaging.Tests;

/// <summary>The C# in a document, made to files that a project compiles: the blocks of one section are one
/// program.</summary>
internal static partial class DocumentPrograms
{
    /// <summary>Reads the programs of a document.</summary>
    /// <param name="path">A Markdown file.</param>
    /// <param name="usings">Namespaces that its text names, for blocks that do not.</param>
    /// <returns>The headings of the sections and their blocks, in order.</returns>
    public static IReadOnlyList<(string Section, string File)> Of(string path, params IReadOnlyList<string> usings)
    {
        List<(string, string)> programs = [];
        foreach (Match section in Section().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")))
        {
            string[] blocks = [.. Block().Matches(section.Value).Select(b => b.Groups[1].Value)];
            if (blocks.Length > 0)
            {
                string name = $"Program{programs.Count}Of{Identifier(path)}";
                programs.Add((section.Groups[1].Value.Trim(), Text(name, blocks, usings)));
            }
        }

        return programs;
    }

    /// <summary>The class that a file of <see cref="Of"/> declares; its method is <c>Run</c>.</summary>
    public static string ClassOf(string file) => Class().Match(file).Groups[1].Value;

    private static string Text(string name, string[] blocks, IReadOnlyList<string> usings)
    {
        string[] types = [.. blocks.Where(b => Declaration().IsMatch(b))];
        string[] statements = [.. blocks.Except(types)];
        IEnumerable<string> named = statements.SelectMany(s => Using().Matches(s).Select(u => u.Value.Trim()));
        return $$"""
            {{string.Join('\n', usings.Select(u => $"using {u};").Concat(named).Distinct())}}

            namespace Of{{name}}
            {
                internal static class {{name}}
                {
                    public static void Run()
                    {
            {{Using().Replace(string.Join('\n', statements), "")}}
                    }
                }

            {{string.Join('\n', types)}}
            }
            """;
    }

    private static string Identifier(string path) =>
        NotALetter()
            .Replace($"{Path.GetFileName(Path.GetDirectoryName(path))}{Path.GetFileNameWithoutExtension(path)}", "");

    [GeneratedRegex(@"^##? +(.*)\n(?:(?!##? ).*\n?)*", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\A(?:public|internal|sealed|abstract|static) ")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^using [A-Z][\w.]*;\n", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"static class (\w+)")]
    private static partial Regex Class();

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotALetter();
}
