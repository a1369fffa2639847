namespace Fovea.Packaging.Tests;

/// <summary>A user's first hour: a new console project, one package, the programs of the documents.</summary>
[Collection(nameof(Packed))]
public sealed class ConsoleProjectTests(ConsoleProject project) : IClassFixture<ConsoleProject>
{
    [Fact]
    public async Task Programs_OfTheReadme_RunAsTheyStand()
    {
        string written = await project.RunAll("README.md");

        // What the comments and the text beside the programs say.
        Assert.Contains("[32, 16, 64, 64]", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_OfTheFirstGuide_RunAsTheyStand()
    {
        string written = await project.RunAll("docs/getting-started.md");
        Assert.Contains("[32, 32, 31, 31]", written, StringComparison.Ordinal);
        Assert.Contains("25,557,032 parameters", written, StringComparison.Ordinal); // torchvision's resnet50
        Assert.Contains("[2, 32, 16, 16]", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/Fovea.Package/PACKAGE.md", "[4, 10]")]
    [InlineData("src/Fovea/PACKAGE.md", "[32, 16, 64, 64]")]
    [InlineData("src/Fovea.Kernels/PACKAGE.md", "2")]
    [InlineData("src/Fovea.Models/PACKAGE.md", "[2, 10]")]
    [InlineData("src/Fovea.Data/PACKAGE.md", "[64, 1, 32, 32] [64]")]
    [InlineData("src/Fovea.Interop/PACKAGE.md", "[8, 3, 3, 3]")]
    [InlineData("src/Fovea.Workbench/PACKAGE.md", "25,557,032 parameters")]
    public async Task Programs_OfAPackagesPage_RunAsTheyStand(string page, string expected) =>
        Assert.Contains(expected, await project.RunAll(page), StringComparison.Ordinal);

    [Fact]
    public void Output_WithFoveaAlone_HasNoNativeFile()
    {
        string[] files =
        [
            .. Directory
                .GetFiles(project.Output, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetFileNameWithoutExtension(f) != "app"),
        ];
        Assert.Contains(files, f => Path.GetFileName(f) == "Fovea.Kernels.dll");
        Assert.All(
            files,
            f =>
            {
                Assert.True(Path.GetExtension(f) is ".dll" or ".json", $"{f} is neither an assembly nor a setting");
                if (Path.GetExtension(f) == ".dll")
                {
                    using FileStream assembly = File.OpenRead(f);
                    Assert.True(Assemblies.IsPortable(assembly), $"{f} holds machine code");
                }
            }
        );
    }
}
