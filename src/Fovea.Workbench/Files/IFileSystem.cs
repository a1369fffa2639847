namespace Fovea.Workbench;

/// <summary>The few file operations that saving needs. Tests replace it to make each of them fail.</summary>
public interface IFileSystem
{
    /// <summary>Creates a file, or empties an existing one, for writing.</summary>
    /// <param name="path">The file.</param>
    Stream Create(string path);

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    Stream OpenRead(string path);

    /// <summary>Returns when what was written to a stream of <see cref="Create"/> is on the disk itself.</summary>
    /// <param name="stream">The stream.</param>
    void Flush(Stream stream);

    /// <summary>Renames a file in one step, replacing the destination.</summary>
    /// <param name="source">The file.</param>
    /// <param name="destination">Its new name, in the same folder.</param>
    void Move(string source, string destination);

    /// <summary>Removes a file; does nothing where there is none.</summary>
    /// <param name="path">The file.</param>
    void Delete(string path);

    /// <summary>Returns when renames in a folder are on the disk itself; does nothing on systems without that
    /// notion.</summary>
    /// <param name="folder">The folder.</param>
    void FlushFolder(string folder);

    /// <summary>Whether a file exists.</summary>
    /// <param name="path">The file.</param>
    bool Exists(string path);

    /// <summary>The files directly in a folder, as full paths in ordinal order; none where the folder does not
    /// exist.</summary>
    /// <param name="folder">The folder.</param>
    IReadOnlyList<string> Files(string folder);
}
