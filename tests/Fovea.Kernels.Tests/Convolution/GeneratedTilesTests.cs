using System.Diagnostics;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

public sealed class GeneratedTilesTests
{
    [Fact]
    public void Files_InTheRepository_AreWhatTheGeneratorWrites()
    {
        string[] folders = ["Blocked", "Depthwise", "Gradients"];
        string kernels = Path.Combine(TestData.Root, "src", "Fovea.Kernels", "Convolution");
        DirectoryInfo written = Directory.CreateTempSubdirectory("fovea-tiles");
        try
        {
            Array.ForEach(folders, folder => written.CreateSubdirectory(folder));
            Generate(written.FullName);
            foreach (string folder in folders)
            {
                string[] expected = Names(Path.Combine(written.FullName, folder)),
                    actual = Names(Path.Combine(kernels, folder));
                Assert.NotEmpty(expected);
                Assert.Equal(expected, actual);
                foreach (string name in expected)
                {
                    bool same =
                        File.ReadAllText(Path.Combine(written.FullName, folder, name))
                        == File.ReadAllText(Path.Combine(kernels, folder, name)).ReplaceLineEndings("\n");
                    Assert.True(
                        same,
                        $"{folder}/{name} is not what eng/tiles.cs writes; run: dotnet run eng/tiles.cs -- src/Fovea.Kernels/Convolution"
                    );
                }
            }
        }
        finally
        {
            written.Delete(recursive: true);
        }
    }

    private static string[] Names(string folder) =>
        [.. Directory.GetFiles(folder, "*.g.cs").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static void Generate(string folder)
    {
        ProcessStartInfo start = new("dotnet", ["run", Path.Combine(TestData.Root, "eng", "tiles.cs"), "--", folder])
        {
            WorkingDirectory = TestData.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"eng/tiles.cs ended with {process.ExitCode}: {output}{errors.Result}");
    }
}
