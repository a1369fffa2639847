using System.Xml.Linq;

namespace Fovea.Architecture.Tests;

/// <summary>The house: which project may reference which, and that the documents name what exists.</summary>
public sealed class LevelTests
{
    private static readonly Dictionary<string, int> Levels = new()
    {
        ["Fovea.Kernels"] = 0,
        ["Fovea"] = 1,
        ["Fovea.Data"] = 2,
        ["Fovea.Models"] = 2,
        ["Fovea.Interop"] = 2,
        ["Fovea.Workbench"] = 3,
        ["Fovea.Imaging"] = 3,
        ["Fovea.Package"] = 4, // no code: the package `Fovea`, which brings the others
        ["Fovea.Cli"] = 4,
        ["Fovea.Studio"] = 4,
    };

    [Fact]
    public void ProjectReferences_OfEveryProduct_PointToALowerLevel()
    {
        string[] projects = Directory.GetFiles(
            Path.Combine(Checkout.Root, "src"),
            "*.csproj",
            SearchOption.AllDirectories
        );
        Assert.True(projects.Length >= 6, $"found only {projects.Length} projects below src");
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Levels.ContainsKey(name), $"{name} has no level; add it to the house deliberately");
            foreach (
                string reference in References(project, "ProjectReference")
                    .Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/')))
            )
            {
                Assert.True(
                    Levels[reference] < Levels[name],
                    $"{name} (level {Levels[name]}) must not reference {reference} (level {Levels[reference]})"
                );
            }
        }
    }

    [Fact]
    public void PackageReferences_OfLevels0To2_AreOnlyTheAllowedOnes()
    {
        string[] allowed = ["System.IO.Hashing", "System.Numerics.Tensors", "Google.Protobuf"];
        foreach ((string name, _) in Levels.Where(l => l.Value <= 2))
        {
            string project = Path.Combine(Checkout.Root, "src", name, $"{name}.csproj");
            if (File.Exists(project))
            {
                Assert.All(
                    References(project, "PackageReference").Except(BuildTools(project)),
                    package => Assert.True(allowed.Contains(package), $"{name} must not depend on {package}")
                );
            }
        }
    }

    [Fact]
    public void PublicSurface_OfEveryLibrary_StandsInFiles()
    {
        foreach (
            string project in Directory
                .GetFiles(Path.Combine(Checkout.Root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(p => (string?)XDocument.Load(p).Descendants("ProjectType").Single() == "Library")
        )
        {
            string folder = Path.GetDirectoryName(project)!;
            string[] lines =
            [
                .. new[] { "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt" }.SelectMany(f =>
                    File.ReadAllLines(Path.Combine(folder, f))
                ),
            ];
            Assert.Equal(2, lines.Count(l => l == "#nullable enable"));
            Assert.True(lines.Length > 2, $"{project}: the files are empty; eng/public-api writes them");
        }
    }

    [Fact]
    public void Peers_OfTheBenchmarks_StandOutsideTheSolutionAndAreReferencedByNobody()
    {
        const string Peers = "Fovea.Peers";
        string[] projects = Directory.GetFiles(Checkout.Root, "*.csproj", SearchOption.AllDirectories);
        Assert.Contains(projects, p => Path.GetFileNameWithoutExtension(p) == Peers);
        Assert.DoesNotContain(
            Peers,
            File.ReadAllText(Path.Combine(Checkout.Root, "Fovea.slnx")),
            StringComparison.Ordinal
        );
        foreach (string project in projects)
        {
            Assert.False(
                References(project, "ProjectReference").Any(r => r.Contains(Peers, StringComparison.Ordinal)),
                $"{Path.GetFileName(project)} references {Peers}, which brings hundreds of MB of native libraries"
            );
        }
    }

    [Fact]
    public void Threads_InKernels_StartOnlyInTheWorkerPool()
    {
        IEnumerable<string> offenders = Sources("src/Fovea.Kernels")
            .Concat(Sources("src/Fovea"))
            .Where(f => !f.EndsWith("WorkerPool.cs", StringComparison.Ordinal))
            .Where(f =>
                File.ReadAllText(f) is var text
                && (
                    text.Contains("new Thread(", StringComparison.Ordinal)
                    || text.Contains("Parallel.For", StringComparison.Ordinal)
                    || text.Contains("Task.Run", StringComparison.Ordinal)
                )
            );
        Assert.Empty(offenders);
    }

    [Fact]
    public void Randomness_InProducts_ComesOnlyFromRng()
    {
        IEnumerable<string> offenders = Sources("src")
            .Where(f =>
                File.ReadAllText(f) is var text
                && (
                    text.Contains("Random.Shared", StringComparison.Ordinal)
                    || text.Contains("new Random(", StringComparison.Ordinal)
                    || text.Contains("Guid.NewGuid", StringComparison.Ordinal)
                )
            );
        Assert.Empty(offenders);
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .GetFiles(Path.Combine(Checkout.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal));

    /// <summary>Packages that only build, which nobody gets who takes the project's package.</summary>
    private static IEnumerable<string> BuildTools(string project) =>
        XDocument
            .Load(project)
            .Descendants("PackageReference")
            .Where(e => (string?)e.Attribute("PrivateAssets") == "all")
            .Select(e => (string)e.Attribute("Include")!);

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(e => (string)e.Attribute("Include")!);
}
