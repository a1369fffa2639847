using System.Text;
using System.Text.Json;

namespace Fovea.Workbench;

/// <summary>Keeps measurements: in memory, and in the folder <c>measurements</c> of a run, where there is one.</summary>
/// <remarks><c>run.json</c>, <c>data.json</c> and <c>test.json</c> are one object each; <c>steps.jsonl</c>, <c>epochs.jsonl</c> and
/// <c>probes.jsonl</c> have one object a line. Numbers have six digits; those that are not finite are the words NaN, Infinity
/// and -Infinity.</remarks>
internal sealed class MeasurementLog
{
    private readonly string? _folder;
    private readonly List<MeasuredStep> _steps;
    private readonly List<MeasuredEpoch> _epochs;
    private readonly List<MeasuredProbe> _probes;
    private readonly StringBuilder _pending = new();
    private MeasuredRun? _run;
    private DataReport? _data;
    private MeasuredTest? _test;

    private MeasurementLog(string? folder, Measurements? known)
    {
        _folder = folder;
        (_steps, _epochs, _probes) = ([.. known?.Steps ?? []], [.. known?.Epochs ?? []], [.. known?.Probes ?? []]);
        (_run, _data) = (known?.Run, known?.Data);
    }

    /// <summary>Hears what is added; null for nobody.</summary>
    public TrainingObserver? Observer { get; init; }

    /// <summary>All so far.</summary>
    public Measurements Measurements =>
        new()
        {
            Run = _run ?? throw new InvalidOperationException("Measurements: nothing has begun."),
            Steps = _steps,
            Epochs = _epochs,
            Probes = _probes,
            Data = _data,
            Test = _test,
        };

    /// <summary>An empty log.</summary>
    /// <param name="runFolder">The run folder; null keeps it in memory.</param>
    /// <param name="observer">Hears what is added; null for nobody.</param>
    public static MeasurementLog New(string? runFolder, TrainingObserver? observer = null) =>
        new(runFolder is null ? null : MeasurementFiles.FolderOf(runFolder), null) { Observer = observer };

    /// <summary>The log of a run that goes on: what was measured after its checkpoint is dropped.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <param name="updates">Updates done at the checkpoint.</param>
    /// <param name="epochs">Epochs done.</param>
    /// <param name="observer">Hears what is added; null for nobody.</param>
    public static MeasurementLog Continue(string runFolder, long updates, int epochs, TrainingObserver? observer = null)
    {
        if (MeasurementFiles.Read(runFolder) is not { } known)
        {
            return New(runFolder, observer);
        }

        MeasurementLog log = new(
            MeasurementFiles.FolderOf(runFolder),
            known with
            {
                Steps = [.. known.Steps.Where(s => s.Step < updates)],
                Epochs = [.. known.Epochs.Where(e => e.Epoch <= epochs)],
                Probes = [.. known.Probes.Where(p => p.Step <= updates)],
            }
        )
        {
            Observer = observer,
        };
        MeasurementFiles.Rewrite(log._folder!, log.Measurements);
        File.Delete(Path.Combine(log._folder!, MeasurementFiles.TestFile)); // training goes on
        return log;
    }

    /// <summary>Says what is measured.</summary>
    public void Begin(MeasuredRun run)
    {
        _run = run;
        if (_folder is not null)
        {
            Directory.CreateDirectory(_folder);
            MeasurementFiles.Write(_folder, MeasurementFiles.RunFile, run);
        }
    }

    /// <summary>Adds what is known of the data.</summary>
    public void Add(DataReport data)
    {
        _data = data;
        if (_folder is not null)
        {
            MeasurementFiles.Write(_folder, MeasurementFiles.DataFile, data);
        }
    }

    /// <summary>Adds what the test part gave.</summary>
    public void Add(MeasuredTest test)
    {
        _test = test;
        if (_folder is not null)
        {
            MeasurementFiles.Write(_folder, MeasurementFiles.TestFile, test);
        }
    }

    /// <summary>Adds a line; it is on disk after <see cref="Flush"/>.</summary>
    public void Add(MeasuredStep step)
    {
        _steps.Add(step);
        Observer?.StepMeasured(_run!, step);
        if (_folder is not null)
        {
            _pending.Append(RunJson.Measured.ToText(step)).Append('\n');
        }
    }

    /// <summary>Adds an epoch's end.</summary>
    public void Add(MeasuredEpoch epoch)
    {
        _epochs.Add(epoch);
        Observer?.EpochMeasured(_run!, epoch);
        MeasurementFiles.Append(_folder, MeasurementFiles.EpochsFile, epoch);
        Flush();
    }

    /// <summary>Adds a probe.</summary>
    public void Add(MeasuredProbe probe)
    {
        _probes.Add(probe);
        Observer?.ProbeTried(probe);
        MeasurementFiles.Append(_folder, MeasurementFiles.ProbesFile, probe);
    }

    /// <summary>Writes what is pending.</summary>
    public void Flush()
    {
        if (_folder is not null && _pending.Length > 0)
        {
            File.AppendAllText(Path.Combine(_folder, MeasurementFiles.StepsFile), _pending.ToString());
            _pending.Clear();
        }
    }
}

/// <summary>The files of measurements.</summary>
internal static class MeasurementFiles
{
    public const string RunFile = "run.json",
        DataFile = "data.json",
        TestFile = "test.json",
        StepsFile = "steps.jsonl",
        EpochsFile = "epochs.jsonl",
        ProbesFile = "probes.jsonl";

    /// <summary>The folder of a run's measurements.</summary>
    public static string FolderOf(string runFolder) => Path.Combine(runFolder, "measurements");

    /// <summary>Reads a run's measurements; null where it has none.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static Measurements? Read(string runFolder)
    {
        string folder = FolderOf(runFolder);
        return File.Exists(Path.Combine(folder, RunFile))
            ? new Measurements
            {
                Run = One<MeasuredRun>(folder, RunFile)!,
                Data = File.Exists(Path.Combine(folder, DataFile)) ? One<DataReport>(folder, DataFile) : null,
                Test = File.Exists(Path.Combine(folder, TestFile)) ? One<MeasuredTest>(folder, TestFile) : null,
                Steps = Lines<MeasuredStep>(folder, StepsFile),
                Epochs = Lines<MeasuredEpoch>(folder, EpochsFile),
                Probes = Lines<MeasuredProbe>(folder, ProbesFile),
            }
            : null;
    }

    /// <summary>Writes all anew.</summary>
    public static void Rewrite(string folder, Measurements measurements)
    {
        Replace(folder, StepsFile, measurements.Steps);
        Replace(folder, EpochsFile, measurements.Epochs);
        Replace(folder, ProbesFile, measurements.Probes);
    }

    /// <summary>Writes an object to a file of its own.</summary>
    public static void Write<T>(string folder, string name, T value) =>
        Replace(Path.Combine(folder, name), RunJson.Measured.ToText(value) + "\n");

    /// <summary>Appends a line.</summary>
    public static void Append<T>(string? folder, string name, T value)
    {
        if (folder is not null)
        {
            File.AppendAllText(Path.Combine(folder, name), RunJson.Measured.ToText(value) + "\n");
        }
    }

    private static void Replace<T>(string folder, string name, IEnumerable<T> values) =>
        Replace(
            Path.Combine(folder, name),
            string.Concat(values.Select(value => RunJson.Measured.ToText(value) + "\n"))
        );

    private static void Replace(string path, string text)
    {
        string temporary = path + ".new";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    private static T? One<T>(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        try
        {
            return RunJson.Measured.From<T>(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: expected one JSON object: {e.Message}", e);
        }
    }

    /// <summary>All whole lines; a last line cut off by a crash is left out.</summary>
    private static List<T> Lines<T>(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return [];
        }

        string[] lines = File.ReadAllText(path).Split('\n');
        List<T> found = [];
        for (int i = 0; i < lines.Length - 1; i++)
        {
            try
            {
                found.Add(RunJson.Measured.From<T>(lines[i])!);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{path}: line {i + 1}: expected one JSON object: {e.Message}", e);
            }
        }

        return found;
    }
}
