using System.Text;

namespace Fovea.Data.Tests;

/// <summary>A folder for one test, removed with it.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder(string name = "") => Folder = Directory.CreateTempSubdirectory($"fovea-data-{name}").FullName;

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));
}
