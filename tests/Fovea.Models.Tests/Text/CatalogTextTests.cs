using System.Text.RegularExpressions;

namespace Fovea.Models.Tests;

/// <summary>Network text says what the catalogue of operators says, and so does its document.</summary>
public sealed partial class CatalogTextTests
{
    /// <summary>Words that are no operator's.</summary>
    private static readonly string[] Composites = ["depthwise", "separable", "identity", "se", "bn", "swish"];

    /// <summary>Options that text of networks gives, and that no one writes.</summary>
    private static readonly string[] Unwritten = ["dims"];

    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Print_ModelOfTheZoo_ReadsBackToEqualAttributes(string name)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);
        foreach (bool training in new[] { true, false })
        {
            Graph graph = Graph.Trace(model, item, training);
            Module read = NetworkText.Parse(NetworkText.Print(graph)).Network;
            Graph again = Graph.Trace(read, item, training);

            Assert.Equal(graph.Nodes.Count, again.Nodes.Count);
            Assert.All(
                graph.Nodes.Zip(again.Nodes),
                pair =>
                    Assert.True(
                        pair.First.Operator.Attributes == pair.Second.Operator.Attributes,
                        $"{pair.First.Name}: {pair.First.Operator.Attributes} was read as {pair.Second.Operator.Attributes}"
                    )
            );
        }
    }

    [Fact]
    public void Words_OfTheCatalogue_MakeLayers() =>
        Assert.All(
            OperatorCatalog.All.Where(e => e.IsWord),
            e => Assert.True(LayerWords.Find(e.Word) is not null, $"'{e.Word}' is no word of network text")
        );

    [Fact]
    public void Document_TableOfWords_NamesAllWordsAndOptions()
    {
        (string Words, string Options)[] rows = Table();
        Assert.True(rows.Length > 10, $"found {rows.Length} rows");
        List<string> missing = [];
        foreach (OperatorEntry entry in OperatorCatalog.All.Where(e => e.IsWord && e.Word != "transpose"))
        {
            (string words, string options) = Array.Find(rows, r => WordsOf(r.Words).Contains(entry.Word));
            if (words is null)
            {
                missing.Add($"the word {entry.Word}");
                continue;
            }

            missing.AddRange(
                entry
                    .Fields.Where(f => !entry.Positional.Contains(f.Name) && !Unwritten.Contains(f.Name))
                    .Where(f => !Regex.IsMatch(options, $@"(?<![\w-]){f.Name}(?![\w-])"))
                    .Select(f => $"{entry.Word}: {f.Name}")
            );
        }

        Assert.True(missing.Count == 0, $"docs/network-text.md lacks {string.Join(", ", missing)}");
    }

    [Fact]
    public void Document_TableOfWords_NamesNothingElse()
    {
        HashSet<string> known = [.. OperatorCatalog.All.Where(e => e.IsWord).Select(e => e.Word), .. Composites];
        string[] unknown = [.. Table().SelectMany(r => WordsOf(r.Words)).Where(w => !known.Contains(w))];

        Assert.True(unknown.Length == 0, $"docs/network-text.md has {string.Join(", ", unknown)}");
    }

    /// <summary>The rows of the table of layers.</summary>
    private static (string Words, string Options)[] Table() =>
        [
            .. File.ReadAllLines(Document())
                .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
                .Select(l => l.Split('|'))
                .Select(cells => (cells[1], cells[2])),
        ];

    private static string[] WordsOf(string cell) => [.. Backticked().Matches(cell).Select(m => m.Groups[1].Value)];

    private static string Document()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fovea.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "docs", "network-text.md");
    }

    [GeneratedRegex("`([a-z0-9]+)(?: [A-Z ]+)?`")]
    private static partial Regex Backticked();
}
