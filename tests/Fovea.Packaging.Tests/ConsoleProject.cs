namespace Fovea.Packaging.Tests;

/// <summary>A new console project with the package <c>Fovea</c>, and in it the programs of the README, of the
/// first guide and of the packages' pages: built once, warnings as errors.</summary>
public sealed class ConsoleProject(Packed packed) : IAsyncLifetime
{
    private readonly List<(string Document, string Class)> _programs = [];

    /// <summary>The folder of the built program.</summary>
    public string Output { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string folder = packed.NewFolder("app");
        await Command.Succeed("dotnet", folder, packed.Cache, "new", "console", "--no-restore", "--force");
        foreach (string document in new[] { "README.md", "docs/getting-started.md" })
        {
            Add(
                Path.Combine(Packed.Checkout, document),
                "Fovea",
                "Fovea.Data",
                "Fovea.Graphs",
                "Fovea.Initialization",
                "Fovea.Losses",
                "Fovea.Models",
                "Fovea.Workbench"
            );
        }

        foreach (
            string page in Directory
                .GetFiles(Path.Combine(Packed.Checkout, "src"), "PACKAGE.md", SearchOption.AllDirectories)
                .Where(p => !p.Contains("Fovea.Imaging", StringComparison.Ordinal)) // it brings native code, which this project must not have
        )
        {
            Add(page);
        }

        IEnumerable<string> cases = _programs.Select(p =>
            $"    case \"{p.Class}\": Of{p.Class}.{p.Class}.Run(); break;"
        );
        File.WriteAllText(
            Path.Combine(folder, "Program.cs"),
            $"switch (args[0])\n{{\n{string.Join('\n', cases)}\n    default: throw new ArgumentException(args[0]);\n}}\n"
        );
        await Command.Succeed("dotnet", folder, packed.Cache, "add", "package", "Fovea", "--version", Packed.Version);
        Output = Path.Combine(folder, "out");
        await Command.Succeed(
            "dotnet",
            folder,
            packed.Cache,
            "build",
            "-c",
            "Release",
            "-o",
            Output,
            "-warnaserror",
            "-p:UseSharedCompilation=false",
            "-nodeReuse:false"
        );

        void Add(string document, params string[] usings)
        {
            foreach ((_, string text) in DocumentPrograms.Of(document, usings))
            {
                string name = DocumentPrograms.ClassOf(text);
                File.WriteAllText(Path.Combine(folder, $"{name}.cs"), text);
                _programs.Add((Path.GetRelativePath(Packed.Checkout, document).Replace('\\', '/'), name));
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs the programs of a document one after the other and gives what they wrote.</summary>
    internal async Task<string> RunAll(string document)
    {
        List<string> written = [];
        foreach ((_, string name) in _programs.Where(p => p.Document == document))
        {
            written.Add(
                (await Command.Succeed("dotnet", Output, packed.Cache, Path.Combine(Output, "app.dll"), name)).Out
            );
        }

        Assert.True(written.Count > 0, $"{document} has no program");
        return string.Join('\n', written);
    }
}
