using System.Runtime.CompilerServices;

namespace Fovea.Packaging.Tests;

/// <summary>The documentation site, built from the assemblies beside these tests as <c>eng/docs</c> does.</summary>
public sealed class SiteTests
{
    [ReleaseFact]
    public async Task Site_Built_HasNoWarningAndAPageForEachPublicType()
    {
        string artifacts = Path.Combine(Packed.Checkout, "artifacts"),
            site = Path.Combine(artifacts, "site");
        foreach (string made in new[] { site, Path.Combine(artifacts, "api") }.Where(Directory.Exists))
        {
            Directory.Delete(made, recursive: true);
        }

        await Command.Succeed("dotnet", Packed.Checkout, Packed.UserCache, "tool", "restore");
        await Command.Succeed(
            "dotnet",
            Packed.Checkout,
            Packed.UserCache,
            "docfx",
            "docs/docfx.json",
            "--warningsAsErrors"
        );
        string[] assemblies =
        [
            "Fovea.Kernels",
            "Fovea",
            "Fovea.Data",
            "Fovea.Models",
            "Fovea.Interop",
            "Fovea.Workbench",
            "Fovea.Imaging",
        ];
        foreach (string name in assemblies)
        {
            using FileStream assembly = File.OpenRead(
                Path.Combine(Packed.Checkout, "src", name, "bin", "Release", "net10.0", $"{name}.dll")
            );
            IReadOnlyList<string> types = Assemblies.PublicTypes(assembly);
            Assert.True(types.Count > 0, $"{name} has no public type");
            Assert.All(
                types,
                type =>
                    Assert.True(
                        File.Exists(Path.Combine(site, "api", $"{type[2..].Replace('`', '-')}.html")),
                        $"{name}: {type[2..]} has no page"
                    )
            );
        }
    }

    /// <summary>A test of what a Release build makes.</summary>
    private sealed class ReleaseFactAttribute : FactAttribute
    {
        public ReleaseFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
            : base(file, line)
        {
            if (Packed.Configuration != "Release")
            {
                Skip = "docs/docfx.json reads the assemblies of a Release build";
            }
        }
    }
}
