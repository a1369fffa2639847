using System.IO.Compression;

namespace Fovea.Packaging.Tests;

/// <summary>The tool, installed from its package.</summary>
public sealed class InstalledTool(Packed packed) : IAsyncLifetime
{
    private string _folder = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _folder = packed.NewFolder("tool");
        await Command.Succeed(
            "dotnet",
            _folder,
            packed.Cache,
            "tool",
            "install",
            Packed.Tool,
            "--version",
            Packed.Version,
            "--tool-path",
            "bin"
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs <c>fovea</c> in an empty folder.</summary>
    internal Task<Command> Run(params IReadOnlyList<string> arguments) =>
        Command.Run(Path.Combine(_folder, "bin", "fovea"), packed.NewFolder("work"), packed.Cache, arguments);
}

/// <summary>What a user meets first after <c>dotnet tool install</c>.</summary>
[Collection(nameof(Packed))]
public sealed class ToolTests(Packed packed, InstalledTool tool) : IClassFixture<InstalledTool>
{
    [Fact]
    public async Task Help_OfTheInstalledTool_SaysFovea()
    {
        Command help = await tool.Run("--help");
        Assert.Equal(0, help.Code);
        Assert.Contains(
            "Usage:\n  fovea [command] [options]",
            help.Out.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Fovea.Cli", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_OfTheInstalledTool_IsThatOfTheProject() =>
        Assert.StartsWith("0.1.0", (await tool.Run("--version")).Out, StringComparison.Ordinal);

    [Fact]
    public async Task TrainDryRun_WithoutAnyOption_ShowsThePlan()
    {
        Command train = await tool.Run("train", "--dry-run");
        Assert.True(train.Code == 0, train.Error);
        Assert.Contains("small_cnn", train.Out + train.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InspectResnet18_OfTheInstalledTool_CountsAsTorchvision()
    {
        Command inspect = await tool.Run("inspect", "resnet18", "--json");
        Assert.True(inspect.Code == 0, inspect.Error);
        Assert.Contains(
            "\"params\":11689512",
            inspect.Out.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Package_ForAnyPlatform_HoldsPortableAssemblies()
    {
        using ZipArchive package = packed.Open(Packed.Tool);
        ZipArchiveEntry[] assemblies =
        [
            .. package.Entries.Where(e =>
                Path.GetDirectoryName(e.FullName)!.Replace('\\', '/') == "tools/net10.0/any"
                && e.Name.EndsWith(".dll", StringComparison.Ordinal)
            ),
        ];
        Assert.Contains(assemblies, a => a.Name == "Fovea.dll");
        Assert.All(
            assemblies,
            a =>
            {
                using Stream assembly = a.Open();
                Assert.True(Assemblies.IsPortable(assembly), $"{a.FullName} holds machine code of one platform");
            }
        );
    }

    [Fact]
    public void Tool_ForThePlatformThatPacks_HoldsMachineCodeOfEveryAssembly()
    {
        using ZipArchive package = packed.Open(Packed.Tool);
        ZipArchiveEntry[] images =
        [
            .. package.Entries.Where(e =>
                Path.GetDirectoryName(e.FullName)!.Replace('\\', '/') is var folder
                && folder.StartsWith("tools/net10.0/", StringComparison.Ordinal)
                && folder.Split('/') is [_, _, not "any"]
                && e.Name.EndsWith(".dll", StringComparison.Ordinal)
            ),
        ];
        if (images.Length == 0)
        {
            return; // where the compiler could not be had, the package has the portable assemblies alone
        }

        Assert.Contains(images, a => a.Name == "Fovea.dll");
        Assert.All(
            images,
            a =>
            {
                using Stream assembly = a.Open();
                Assert.False(Assemblies.IsPortable(assembly), $"{a.FullName} was not compiled ahead");
            }
        );
    }
}
