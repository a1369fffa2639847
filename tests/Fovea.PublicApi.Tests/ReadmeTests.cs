using System.Text.RegularExpressions;

namespace Fovea.PublicApi.Tests;

/// <summary>Every program in the README and in the guides is the text of a compiled test.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string[] Found =
    [
        .. Directory
            .GetFiles(Path.Combine(Documents.Root, "docs"), "*.md")
            .Append(Path.Combine(Documents.Root, "README.md"))
            .Where(d => CSharpBlock().IsMatch(File.ReadAllText(d)))
            .Select(d => Path.GetRelativePath(Documents.Root, d).Replace('\\', '/')),
    ];

    public static TheoryData<string> WithPrograms => [.. Found];

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/getting-started.md")]
    public void WithPrograms_OfTheDocuments_HoldsWhatANewcomerReads(string document) =>
        Assert.Contains(document, Found);

    [Theory]
    [MemberData(nameof(WithPrograms))]
    public void Programs_InADocument_StandInCompiledFiles(string document)
    {
        string root = Documents.Root;
        string text = File.ReadAllText(Path.Combine(root, document));
        Assert.DoesNotContain("@@", text, StringComparison.Ordinal);
        MatchCollection programs = Program().Matches(text);
        Assert.Equal(CSharpBlock().Count(text), programs.Count);
        foreach (Match program in programs)
        {
            string[] compiled =
            [
                .. File.ReadAllLines(Path.Combine(root, program.Groups[1].Value)).Select(l => l.Trim()),
            ];
            foreach (string line in program.Groups[2].Value.Split('\n').Select(l => l.Trim()))
            {
                Assert.True(compiled.Contains(line), $"{document}: not in {program.Groups[1].Value}: {line}");
            }
        }
    }

    [GeneratedRegex(@"<!-- compiled: (\S+) -->\n```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex("```csharp")]
    private static partial Regex CSharpBlock();
}
