using System.IO.Compression;
using System.Xml.Linq;

namespace Fovea.Packaging.Tests;

/// <summary>What stands in each package.</summary>
[Collection(nameof(Packed))]
public sealed class PackageTests(Packed packed)
{
    public static TheoryData<string> Names => [.. Packed.Libraries, Packed.Tool];

    public static TheoryData<string> WithAssembly => [.. Packed.Libraries.Where(l => l != "Fovea")];

    [Fact]
    public void Feed_HoldsThePackagesAndNoOthers() =>
        Assert.Equal(
            Packed
                .Libraries.Append(Packed.Tool)
                .Select(n => $"{n}.{Packed.Version}.nupkg")
                .Order(StringComparer.Ordinal),
            Directory.GetFiles(packed.Feed, "*.nupkg").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Manifest_OfEveryPackage_SaysWhatAUserLooksFor(string name)
    {
        using ZipArchive package = packed.Open(name);
        XElement manifest = Manifest(package, name);
        Assert.Equal("MIT", Value(manifest, "license"));
        Assert.Equal("README.md", Value(manifest, "readme"));
        Assert.Equal("icon.png", Value(manifest, "icon"));
        Assert.Contains("convolution", Value(manifest, "tags"), StringComparison.Ordinal);
        Assert.InRange(Value(manifest, "description").Length, 60, 400);
        Assert.NotNull(package.GetEntry("icon.png"));
        using StreamReader page = new(package.GetEntry("README.md")!.Open());
        string text = page.ReadToEnd();
        Assert.StartsWith("# ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("](.", text, StringComparison.Ordinal); // relative links lead nowhere on a registry
        Assert.DoesNotContain("![", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WithAssembly))]
    public void Documentation_OfEveryPublicType_StandsBesideTheAssembly(string name)
    {
        using ZipArchive package = packed.Open(name);
        ZipArchiveEntry assembly = Assert.Single(
            package.Entries,
            e => e.Name.EndsWith(".dll", StringComparison.Ordinal)
        );
        ZipArchiveEntry? file = package.GetEntry(Path.ChangeExtension(assembly.FullName, ".xml"));
        Assert.True(file is not null, $"{name} has {assembly.FullName} and no documentation beside it");
        using Stream xml = file.Open();
        Dictionary<string, string> texts = XDocument
            .Load(xml)
            .Descendants("member")
            .ToDictionary(m => (string)m.Attribute("name")!, m => m.Value.Trim());
        using Stream code = assembly.Open();
        IReadOnlyList<string> types = Assemblies.PublicTypes(code);
        Assert.True(types.Count >= 1, $"{name} has {types.Count} public types");
        Assert.All(types, t => Assert.True(texts.GetValueOrDefault(t) is { Length: > 0 }, $"{name}: {t} has no text"));
    }

    [Theory]
    [MemberData(nameof(WithAssembly))]
    public void Symbols_OfEveryAssembly_ArePacked(string name)
    {
        using ZipArchive package = packed.Open(name),
            symbols = packed.Open(name, "snupkg");
        string assembly = package.Entries.Single(e => e.Name.EndsWith(".dll", StringComparison.Ordinal)).FullName;
        Assert.NotNull(symbols.GetEntry(Path.ChangeExtension(assembly, ".pdb")));
    }

    [Theory]
    [MemberData(nameof(WithAssembly))]
    public void Dependencies_OnEachOther_AreOfExactlyThisVersion(string name)
    {
        using ZipArchive package = packed.Open(name);
        Assert.All(
            Manifest(package, name).Descendants().Where(e => e.Name.LocalName == "dependency"),
            d =>
            {
                string id = (string)d.Attribute("id")!;
                if (id.StartsWith("Fovea", StringComparison.Ordinal))
                {
                    Assert.Equal($"[{Packed.Version}]", (string?)d.Attribute("version"));
                }
                else
                {
                    bool isCodec = name == "Fovea.Imaging" && id.StartsWith("SkiaSharp", StringComparison.Ordinal);
                    // The workbench names what comes through Fovea.Interop, as versions are pinned in one place.
                    bool isOnnx = name is "Fovea.Interop" or "Fovea.Workbench" && id == "Google.Protobuf";
                    Assert.True(
                        isCodec || isOnnx || id is "System.IO.Hashing" or "System.Numerics.Tensors",
                        $"{name} brings {id}"
                    );
                }
            }
        );
    }

    [Fact]
    public void Fovea_Alone_BringsEveryManagedPart()
    {
        using ZipArchive package = packed.Open("Fovea");
        Assert.Equal(
            Packed.Libraries.Where(l => l is not ("Fovea" or "Fovea.Imaging")).Order(StringComparer.Ordinal),
            Manifest(package, "Fovea")
                .Descendants()
                .Where(e => e.Name.LocalName == "dependency")
                .Select(e => (string)e.Attribute("id")!)
                .Where(id => id.StartsWith("Fovea", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(package.Entries, e => e.Name.EndsWith(".dll", StringComparison.Ordinal));
    }

    [Fact]
    public void CorePackages_Together_AreBelowFiveMegabytes()
    {
        string[] core = ["Fovea.Kernels", "Fovea.Core", "Fovea.Models"];
        long bytes = core.Sum(n => new FileInfo(Path.Combine(packed.Feed, $"{n}.{Packed.Version}.nupkg")).Length);
        Assert.InRange(bytes, 1, 5_000_000);
    }

    private static XElement Manifest(ZipArchive package, string name)
    {
        using Stream manifest = package.GetEntry($"{name}.nuspec")!.Open();
        return XDocument.Load(manifest).Root!;
    }

    private static string Value(XElement manifest, string name) =>
        manifest.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";
}
