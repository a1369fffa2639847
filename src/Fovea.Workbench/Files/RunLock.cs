using System.Diagnostics;
using System.Text.Json;

namespace Fovea.Workbench;

/// <summary>Keeps a second process out of a run folder.</summary>
/// <remarks>
/// The file <c>run.lock</c> is held open without sharing, which the system ends with the process: that decides, not the
/// list of processes, in which one that was killed still stands for a while. <c>run.holder.json</c> says who holds it.
/// A file left by a process that is gone is taken over with a notice; one of another machine cannot be judged and is
/// refused.
/// </remarks>
public sealed class RunLock : IDisposable
{
    /// <summary>The file that is held open.</summary>
    internal const string Name = "run.lock";

    /// <summary>The file that says who holds it.</summary>
    internal const string HolderName = "run.holder.json";

    private readonly FileStream _stream;

    private RunLock(FileStream stream) => _stream = stream;

    /// <summary>Who holds a lock.</summary>
    internal sealed record Holder(int Pid, string Host, DateTimeOffset Started);

    /// <summary>Locks a run folder until disposed.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="notice">Hears where a stale lock was taken over.</param>
    /// <exception cref="IOException">Another process holds it; the message names process and machine.</exception>
    public static RunLock Take(string folder, Action<string>? notice = null)
    {
        string path = Path.Combine(folder, Name);
        bool existed = File.Exists(path);
        string holderPath = Path.Combine(folder, HolderName);
        Holder? holder = Read(holderPath);
        if (existed && holder is not null && !IsOfThisMachine(holder))
        {
            throw Refused(folder, path, holder);
        }

        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (existed)
        {
            throw Refused(folder, path, holder, e);
        }

        if (existed)
        {
            notice?.Invoke($"{path}: taken over; {(holder is null ? "its holder" : $"process {holder.Pid}")} is gone.");
        }

        try
        {
            using Process self = Process.GetCurrentProcess();
            File.WriteAllText(
                holderPath,
                RunJson.Line.ToText(new Holder(Environment.ProcessId, Environment.MachineName, self.StartTime))
            );
            return new RunLock(stream);
        }
        catch
        {
            stream.Dispose(); // e.g. a full disk: nobody holds it then
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Unlocks the folder and removes the files.</summary>
    public void Dispose()
    {
        string path = _stream.Name;
        File.Delete(Path.Combine(Path.GetDirectoryName(path)!, HolderName));
        if (OperatingSystem.IsWindows())
        {
            _stream.Dispose(); // an open file cannot be deleted there
            File.Delete(path);
        }
        else
        {
            File.Delete(path); // first, so that nobody can lock a file about to vanish
            _stream.Dispose();
        }
    }

    private static Holder? Read(string path)
    {
        try
        {
            return File.Exists(path) ? RunJson.Line.From<Holder>(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // written halfway when its process ended: opening the lock decides
        }
    }

    private static bool IsOfThisMachine(Holder holder) =>
        string.Equals(holder.Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase);

    private static IOException Refused(string folder, string path, Holder? holder, Exception? cause = null) =>
        new(
            $"{folder}: another process writes this run{(holder is null ? "" : $": {holder.Pid} on {holder.Host}, started {holder.Started:u}")}. Wait for it, choose another --out, or, if it is gone, delete {path}.",
            cause
        );
}
