using Fovea.Kernels;

namespace Fovea;

/// <summary>Algorithms of convolutions chosen by measuring instead of by a model, kept in a file. Give it to
/// <see cref="Module.Compile"/> or <see cref="Graph.Compile"/>.</summary>
/// <remarks>
/// <para>A 3x3 convolution of stride 1 can be computed by direct sums or by Winograd's F(2x2) or F(4x4). All three are
/// timed when a number of items is first run: on one thread, for some tens of milliseconds. The fastest is taken. What
/// is known is not measured again, so the same file gives the same choices, and the same bits. A new measurement may
/// choose another algorithm, which rounds in another way; docs/numerics.md says how much the results then
/// differ.</para>
/// <para>An entry names its processor and vector width. Entries of others are kept and not used. After an update of the
/// library, delete the file, so that the new kernels are measured. Several networks and threads may share one
/// object.</para>
/// </remarks>
public sealed class Tuning
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TuningKey, TuningEntry> _entries;
    private readonly string _fullPath;
    private bool _isSaved;

    private Tuning(string file)
    {
        (FileName, _fullPath) = (file, Path.GetFullPath(file));
        _isSaved = File.Exists(_fullPath);
        _entries = _isSaved ? TuningFile.Read(file) : [];
    }

    /// <summary>The file, as it was asked for.</summary>
    public string FileName { get; }

    /// <summary>Convolutions known, those of other processors too.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Convolutions measured since it was opened.</summary>
    public int Measured { get; private set; }

    /// <summary>Reads a file of measured times. A file that does not exist yet holds none.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="TuningException">The file is something else, or damaged, or larger than 16 MB; or its folder
    /// does not exist.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Tuning Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path))
        {
            throw new TuningException($"{path}: expected a file of measured times, found a folder. Name a file in it.");
        }

        return Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))
            ? new Tuning(path)
            : throw new TuningException(
                $"{path}: the folder of this file is not there. Make it, or name another file."
            );
    }

    /// <summary>Writes the file in one step, so that it is never half written. Does nothing where nothing was measured
    /// since it was read or saved. Where two programs save the same file, the later one wins.</summary>
    /// <exception cref="TuningException">It could not be written; what was there before is intact.</exception>
    public void Save()
    {
        lock (_gate)
        {
            if (!_isSaved)
            {
                TuningFile.Write(_fullPath, _entries);
                _isSaved = true;
            }
        }
    }

    /// <summary>What is known of a convolution on this processor. It is measured where nothing is known, one
    /// convolution at a time, because two measurements would disturb each other.</summary>
    /// <param name="g">Its sizes.</param>
    /// <param name="items">Items that are computed together.</param>
    /// <param name="measure">Gives the milliseconds of <see cref="TuningEntry.Algorithms"/>.</param>
    internal TuningEntry For(ConvolutionGeometry g, int items, Func<IReadOnlyList<double>> measure)
    {
        TuningKey key = new(CpuName.Text, CpuTier.Bits, (g with { Batch = items }).ToString());
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out TuningEntry? entry))
            {
                _entries[key] = entry = TuningEntry.Fastest(measure());
                _isSaved = false;
                Measured++;
            }

            return entry;
        }
    }
}
