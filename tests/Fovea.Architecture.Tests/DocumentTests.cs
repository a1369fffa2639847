using System.Text.RegularExpressions;

namespace Fovea.Architecture.Tests;

/// <summary>Documents name only what exists.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Paths_InDocuments_Exist()
    {
        string[] documents =
        [
            .. Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories),
            .. Directory.GetFiles(Checkout.Root, "*.md"),
        ];
        Assert.NotEmpty(documents);
        List<string> missing = [];
        foreach (string document in documents)
        {
            foreach (Match match in PathInBackticks().Matches(File.ReadAllText(document)))
            {
                string path = match.Groups[1].Value;
                if (!Path.Exists(Path.Combine(Checkout.Root, path)))
                {
                    missing.Add($"{Path.GetRelativePath(Checkout.Root, document)}: {path}");
                }
            }
        }

        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }

    [Fact]
    public void Links_BetweenDocuments_LeadSomewhere()
    {
        List<string> missing = [];
        foreach (
            string document in Directory
                .GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Concat(Directory.GetFiles(Checkout.Root, "*.md"))
        )
        {
            foreach (Match match in RelativeLink().Matches(File.ReadAllText(document)))
            {
                string target = Path.Combine(Path.GetDirectoryName(document)!, match.Groups[1].Value);
                if (!Path.Exists(target))
                {
                    missing.Add($"{Path.GetRelativePath(Checkout.Root, document)} -> {match.Groups[1].Value}");
                }
            }
        }

        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }

    [GeneratedRegex(@"`((?:src|tests|docs|bench|eng|samples)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex PathInBackticks();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex RelativeLink();
}
