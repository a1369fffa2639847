using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace Fovea.Packaging.Tests;

/// <summary>All packages, packed once for a test run into a folder of their own, and a folder for restored packages
/// that is empty at first.</summary>
public sealed class Packed : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-packed-").FullName;

    /// <summary>The version of the packages: one that was never restored before.</summary>
    public static string Version => "0.1.0-test";

    /// <summary>The folder with the .nupkg and .snupkg files.</summary>
    public string Feed => Path.Combine(_root, "feed");

    /// <summary>The folder of restored packages.</summary>
    public string Cache => Path.Combine(_root, "cache");

    /// <summary>The folder of the solution.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>Release or Debug: how these tests, and what they pack, were built.</summary>
    public static string Configuration { get; } =
        typeof(Packed)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Configuration")
            .Value!;

    /// <summary>The user's own folder of restored packages.</summary>
    public static string UserCache { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The names of the packages, without the tool.</summary>
    public static string[] Libraries { get; } =
    [
        "Fovea",
        "Fovea.Core",
        "Fovea.Data",
        "Fovea.Imaging",
        "Fovea.Interop",
        "Fovea.Kernels",
        "Fovea.Models",
        "Fovea.Workbench",
    ];

    /// <summary>The name of the tool's package.</summary>
    public static string Tool => "Fovea.Cli";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Feed);
        await Command.Succeed(
            "dotnet",
            Checkout,
            UserCache,
            "pack",
            "Fovea.slnx",
            "--no-build",
            "-c",
            Configuration,
            "-o",
            Feed,
            "-p:VersionSuffix=test",
            "-nodeReuse:false"
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>An empty folder in which packages are found in <see cref="Feed"/> first, then where the user's
    /// configuration says.</summary>
    public string NewFolder(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        XElement add = new("add", new XAttribute("key", "packed"), new XAttribute("value", Feed));
        new XElement("configuration", new XElement("packageSources", add)).Save(Path.Combine(folder, "nuget.config"));
        return folder;
    }

    /// <summary>Opens a package.</summary>
    public ZipArchive Open(string name, string kind = "nupkg") =>
        ZipFile.OpenRead(Path.Combine(Feed, $"{name}.{Version}.{kind}"));

    private static string FindCheckout()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Fovea.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"No Fovea.slnx above {AppContext.BaseDirectory}.");
    }
}

/// <summary>All tests of packages see the same ones.</summary>
[CollectionDefinition(nameof(Packed))]
public sealed class PackedCollection : ICollectionFixture<Packed>;
