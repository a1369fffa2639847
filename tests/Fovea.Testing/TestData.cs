using System.Runtime.CompilerServices;
using Xunit;

namespace Fovea.Testing;

/// <summary>Where the data files for tests are: <c>FOVEA_DATA</c>, else <c>../shared/data</c> beside the
/// checkout.</summary>
public static class TestData
{
    /// <summary>The checkout's root: the folder of <c>Fovea.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The data folder, or null where it is absent.</summary>
    public static string? Folder { get; } = FindFolder();

    /// <summary>The path of a data file or folder, or null where it is absent.</summary>
    public static string? Find(string relative) =>
        Folder is not null && Path.Exists(Path.Combine(Folder, relative)) ? Path.Combine(Folder, relative) : null;

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Fovea.slnx")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException($"No Fovea.slnx above {AppContext.BaseDirectory}.");
    }

    private static string? FindFolder()
    {
        string folder = Environment.GetEnvironmentVariable("FOVEA_DATA") ?? Path.Combine(Root, "..", "shared", "data");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}

/// <summary>A fact that needs a data file; skipped by name where the file is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="needs">File or folder below the data folder.</param>
    /// <param name="file">The test's source file; the compiler fills it in.</param>
    /// <param name="line">The test's line; the compiler fills it in.</param>
    public DataFactAttribute(string needs, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) =>
        Skip = TestData.Find(needs) is null ? $"needs the data file {needs}; set FOVEA_DATA" : null;
}

/// <summary>A theory that needs a data file; skipped by name where the file is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataTheoryAttribute : TheoryAttribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="needs">File or folder below the data folder.</param>
    /// <param name="file">The test's source file; the compiler fills it in.</param>
    /// <param name="line">The test's line; the compiler fills it in.</param>
    public DataTheoryAttribute(string needs, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) =>
        Skip = TestData.Find(needs) is null ? $"needs the data file {needs}; set FOVEA_DATA" : null;
}
