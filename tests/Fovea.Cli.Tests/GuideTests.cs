using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Fovea.Cli.Tests;

/// <summary>The guide to the command line shows commands that exist.</summary>
public sealed partial class GuideTests
{
    private const string Guide = "docs/command-line.md";

    [Theory]
    [InlineData(Guide)]
    [InlineData("README.md")]
    [InlineData("docs/inspect.md")]
    [InlineData("src/Fovea.Cli/PACKAGE.md")]
    public void Commands_InADocument_AreParsedWithoutError(string document)
    {
        string[] commands = [.. Commands(document)];
        Assert.NotEmpty(commands);
        Assert.All(
            commands,
            command =>
            {
                ParseResult parsed = Parse(command);
                Assert.True(
                    parsed.Errors.Count == 0 && !parsed.UnmatchedTokens.Any(),
                    $"{document}: {command}: {string.Join("; ", parsed.Errors)}"
                );
                Assert.DoesNotContain(
                    parsed.Tokens,
                    t => t.Type == TokenType.Argument && t.Value.StartsWith("--", StringComparison.Ordinal)
                );
            }
        );
    }

    [Fact]
    public void Verbs_InTheGuide_AreAll()
    {
        string[] shown = [.. Commands(Guide).Select(c => c.Split(' ')[1]).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(Root().Subcommands.Select(c => c.Name).Order(StringComparer.Ordinal), shown);
    }

    [Fact]
    public void Options_InTheGuidesText_Exist()
    {
        HashSet<string> known = [.. Options(Root())];
        string[] named = [.. Option().Matches(File.ReadAllText(PathOf(Guide))).Select(m => m.Value).Distinct()];
        Assert.True(named.Length > 10, $"{Guide} names {named.Length} options");
        Assert.All(
            named.Except(["--project", "--global", "--logdir"]), // of dotnet and TensorBoard
            option => Assert.True(known.Contains(option), $"{Guide} names {option}")
        );
    }

    private static Command Root() =>
        CommandLine.Root(new Terminal(TextWriter.Null, TextWriter.Null, IsInteractive: false));

    private static ParseResult Parse(string command) =>
        Root().Parse([.. CommandLineParser.SplitCommandLine(command).Skip(1)]);

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Select(o => o.Name).Concat(command.Subcommands.SelectMany(Options));

    /// <summary>Indented lines that begin with <c>fovea</c>, without the words that stand behind three spaces.</summary>
    private static IEnumerable<string> Commands(string document) =>
        Line().Matches(File.ReadAllText(PathOf(document))).Select(m => m.Groups[1].Value);

    private static string PathOf(string document)
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Fovea.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder!, document);
    }

    [GeneratedRegex("^    (?:\\$ )?(fovea [^\\n]*?)(?:   .*)?$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Option();
}
