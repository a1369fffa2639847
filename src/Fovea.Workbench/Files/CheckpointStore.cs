using System.Globalization;

namespace Fovea.Workbench;

/// <summary>Named checkpoints in one folder, each saved in one step and with its previous generation kept.</summary>
/// <remarks>
/// A save writes a temporary file beside the target, flushes it to the disk, reads it back, renames the old file to
/// <c>name.previous</c>
/// and the new one to <c>name</c>, and flushes the folder. Whatever instant it is stopped at, <c>name</c> or
/// <c>name.previous</c> is whole,
/// and <see cref="Load"/> finds it.
/// </remarks>
public sealed class CheckpointStore
{
    private const string Temporary = ".saving-";
    private const string Previous = ".previous";

    private readonly IFileSystem _files;
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal); // names whose newest generation was found damaged: not worth keeping

    /// <summary>Opens a folder of checkpoints.</summary>
    /// <param name="folder">The folder; created by the first save.</param>
    /// <param name="files">The file operations; the machine's own where left out.</param>
    public CheckpointStore(string folder, IFileSystem? files = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
        _files = files ?? DiskFileSystem.Instance;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Reads one checkpoint file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">The file operations; the machine's own where left out.</param>
    /// <exception cref="CheckpointException">The file is missing, unreadable, damaged, or no checkpoint; nothing of it
    /// is handed out.</exception>
    public static Checkpoint Read(string path, IFileSystem? files = null)
    {
        try
        {
            using Stream stream = (files ?? DiskFileSystem.Instance).OpenRead(path);
            using CheckpointReader reader = new(stream, path);
            return reader.Read();
        }
        catch (Exception e) when (e is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: the checkpoint cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether a file is what an interrupted save left behind.</summary>
    internal static bool IsUnfinished(string path) =>
        Path.GetFileName(path).Contains(Temporary, StringComparison.Ordinal);

    /// <summary>The file of a checkpoint.</summary>
    /// <param name="name">E.g. <c>last</c>.</param>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Whether a checkpoint, or its previous generation, exists.</summary>
    /// <param name="name">E.g. <c>last</c>.</param>
    public bool Exists(string name) => _files.Exists(PathOf(name)) || _files.Exists(PathOf(name) + Previous);

    /// <summary>Saves a checkpoint in one step. When this returns, it is on the disk and was read back.</summary>
    /// <param name="name">E.g. <c>last</c>.</param>
    /// <param name="checkpoint">What to save.</param>
    /// <exception cref="CheckpointException">A file operation failed, e.g. the disk is full. The old checkpoint is
    /// intact.</exception>
    public void Save(string name, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string target = PathOf(name),
            temporary = $"{target}{Temporary}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        try
        {
            Directory.CreateDirectory(Folder);
            Write(temporary, checkpoint);
            if (_files.Exists(target) && !_damaged.Contains(name))
            {
                _files.Move(target, target + Previous);
            }

            _files.Move(temporary, target);
            _damaged.Remove(name);
            _files.FlushFolder(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryRestore(target, temporary);
            string kept = Exists(name) ? $"the checkpoint before it is intact in {Folder}" : "there is none before it";
            throw new CheckpointException(
                $"{target}: the checkpoint could not be saved: {e.Message.TrimEnd('.')}; {kept}. Make room or fix the folder, then continue with --resume.",
                e
            );
        }
    }

    /// <summary>Loads a checkpoint, or its previous generation where the newest is missing or damaged.</summary>
    /// <param name="name">E.g. <c>last</c>.</param>
    /// <param name="notice">Hears what was wrong where the previous generation was taken.</param>
    /// <exception cref="CheckpointException">Neither generation can be read.</exception>
    public Checkpoint Load(string name, Action<string>? notice = null)
    {
        string target = PathOf(name),
            previous = target + Previous;
        try
        {
            return Read(target, _files);
        }
        catch (CheckpointException e) when (_files.Exists(previous))
        {
            Checkpoint older = ReadPrevious(previous, e);
            _damaged.Add(name);
            notice?.Invoke($"{e.Message} Using the one before it, {previous}.");
            return older;
        }
    }

    /// <summary>Removes what interrupted saves left behind.</summary>
    /// <param name="notice">Hears of each file removed.</param>
    public void Clean(Action<string>? notice = null)
    {
        foreach (string path in _files.Files(Folder).Where(IsUnfinished))
        {
            _files.Delete(path);
            notice?.Invoke($"{path}: removed; a save was interrupted there. The checkpoint before it counts.");
        }
    }

    private Checkpoint ReadPrevious(string previous, CheckpointException newest)
    {
        try
        {
            return Read(previous, _files);
        }
        catch (CheckpointException e)
        {
            throw new CheckpointException($"{newest.Message} The one before it is no help: {e.Message}", e);
        }
    }

    private void Write(string temporary, Checkpoint checkpoint)
    {
        using (Stream stream = _files.Create(temporary))
        {
            CheckpointWriter.Write(stream, checkpoint);
            _files.Flush(stream);
        }

        using Stream written = _files.OpenRead(temporary);
        using CheckpointReader reader = new(written, temporary);
        reader.Verify();
    }

    private void TryRestore(string target, string temporary)
    {
        try
        {
            if (!_files.Exists(target) && _files.Exists(target + Previous))
            {
                _files.Move(target + Previous, target);
            }

            _files.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is what the user hears of; Load falls back to the previous generation.
        }
    }
}
