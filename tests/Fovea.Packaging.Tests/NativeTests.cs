using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Fovea.Packaging.Tests;

/// <summary>A user's program with modules of its own, published as a native program against the packages.</summary>
[Collection(nameof(Packed))]
public sealed class NativeTests(Packed packed)
{
    [NativeFact]
    public async Task Program_PublishedNative_HasNoWarningsAndTheBitsOfTheRuntime()
    {
        string folder = packed.NewFolder("native");
        foreach (string file in Directory.GetFiles(Path.Combine(Packed.Checkout, "tests", "Fovea.AotSample"), "*.cs"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Project().Save(Path.Combine(folder, "Sample.csproj"));
        await Dotnet("build", "-c", "Release", "-o", "managed");
        await Dotnet("publish", "-c", "Release", "-p:PublishAot=true", "-o", "native");
        Command managed = await Command.Succeed("dotnet", folder, packed.Cache, Path.Combine("managed", "Sample.dll"));
        Command native = await Command.Succeed(Path.Combine(folder, "native", "Sample"), folder, packed.Cache);
        Assert.Contains("stem.weight stem.bias last.1.weight", native.Out, StringComparison.Ordinal);
        Assert.Equal(managed.Out, native.Out);

        async Task Dotnet(string verb, params string[] arguments) =>
            await Command.Succeed(
                "dotnet",
                folder,
                packed.Cache,
                [verb, .. arguments, "-warnaserror", "-p:UseSharedCompilation=false", "-nodeReuse:false"]
            );
    }

    // What the template writes, and what docs/packages.md says of native programs. The native compiler's package is large
    // and is taken from the user's folder where it is there.
    private static XElement Project() =>
        new(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement(
                "PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", "net10.0"),
                new XElement("ImplicitUsings", "enable"),
                new XElement("Nullable", "enable"),
                new XElement("EnableDefaultCompileItems", "false"),
                new XElement("IlcInstructionSet", "native"),
                new XElement("TrimmerSingleWarn", "false"),
                new XElement("RestoreFallbackFolders", Packed.UserCache)
            ),
            new XElement(
                "ItemGroup",
                new XElement("Compile", new XAttribute("Include", "*.cs")),
                new XElement(
                    "PackageReference",
                    new XAttribute("Include", "Fovea"),
                    new XAttribute("Version", Packed.Version)
                )
            )
        );
}

/// <summary>A test that compiles a native program, for a minute: run where FOVEA_NATIVE is 1, as .ci/run sets it, and a
/// linker is there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    /// <summary>Looks for the linker.</summary>
    /// <param name="file">The test's source file; the compiler fills it in.</param>
    /// <param name="line">The test's line; the compiler fills it in.</param>
    public NativeFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (Environment.GetEnvironmentVariable("FOVEA_NATIVE") != "1")
        {
            Skip = "compiles for a minute; set FOVEA_NATIVE=1, or run eng/aot-check";
        }
        else if (!OperatingSystem.IsLinux())
        {
            Skip = "native programs are tried on Linux alone";
        }
        else if (!folders.Any(f => File.Exists(Path.Combine(f, "clang")) || File.Exists(Path.Combine(f, "gcc"))))
        {
            Skip = "neither clang nor gcc is installed";
        }
    }
}
