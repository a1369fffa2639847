namespace Fovea.Architecture.Tests;

/// <summary>The folder of the solution these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Fovea.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"No Fovea.slnx above {AppContext.BaseDirectory}.");
    }
}
