using System.Text.RegularExpressions;

namespace Fovea.PublicApi.Tests;

/// <summary>Every program in the README is the text of a compiled test.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Programs_InTheReadme_StandInCompiledFiles()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Fovea.slnx")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        Assert.DoesNotContain("@@", readme, StringComparison.Ordinal);
        MatchCollection programs = Program().Matches(readme);
        Assert.True(programs.Count >= 3, $"found {programs.Count} compiled programs in the README");
        Assert.Equal(programs.Count, CSharpBlock().Count(readme));
        foreach (Match program in programs)
        {
            string[] compiled =
            [
                .. File.ReadAllLines(Path.Combine(root, program.Groups[1].Value)).Select(l => l.Trim()),
            ];
            foreach (string line in program.Groups[2].Value.Split('\n').Select(l => l.Trim()))
            {
                Assert.True(compiled.Contains(line), $"README line not in {program.Groups[1].Value}: {line}");
            }
        }
    }

    [GeneratedRegex(@"<!-- compiled: (\S+) -->\n```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex("```csharp")]
    private static partial Regex CSharpBlock();
}
