using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Kernels;

namespace Fovea.Workbench;

/// <summary>A training run on disk: <c>run.json</c>, <c>metrics.jsonl</c>, <c>checkpoints/last</c> and
/// <c>checkpoints/best</c>.</summary>
public sealed class RunFolder
{
    private const string RunFile = "run.json";
    private const string RateFile = "learning-rate.json";
    private const string CheckpointsFolder = "checkpoints";
    private const string VectorBits = "vectorBits";
    private const string Architecture = "architecture";
    private const string Profile = "profile";

    // What a start can leave behind that failed, or was killed, before its first checkpoint.
    private static readonly string[] StartFiles =
    [
        RunFile,
        RunFile + ".new",
        RunLock.Name,
        RunLock.HolderName,
        RateFile,
    ];

    private readonly IFileSystem _files;

    private RunFolder(string path, IFileSystem? files)
    {
        _files = files ?? DiskFileSystem.Instance;
        FolderPath = path;
        Checkpoints = new CheckpointStore(Path.Combine(path, CheckpointsFolder), files);
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The checkpoints in it.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>The file of metrics.</summary>
    public string MetricsPath => Path.Combine(FolderPath, "metrics.jsonl");

    /// <summary>The file of answers.</summary>
    public string AnswersPath => Path.Combine(FolderPath, "answers.json");

    /// <summary>The file of the range test that found the learning rate, where one was made.</summary>
    public string RatePath => Path.Combine(FolderPath, RateFile);

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(RunFolder)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    /// <summary>Creates a run folder.</summary>
    /// <param name="path">A folder that does not exist, is empty, or holds only what a start left behind that failed
    /// before its first checkpoint.</param>
    /// <param name="files">The file operations of checkpoints and <c>run.json</c>; the machine's own where left
    /// out.</param>
    /// <exception cref="IOException">The folder exists and is not empty, or cannot be created.</exception>
    public static RunFolder Create(string path, IFileSystem? files = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (
            File.Exists(path)
            || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(e => !IsOfAFailedStart(e)))
        )
        {
            string fix = Is(path)
                ? $"Continue that run with --resume {path}, or choose another --out."
                : "Choose another --out.";
            throw new IOException($"{path}: the run folder must be new or empty. {fix}");
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            string above = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
            throw new IOException(
                $"{path}: the run folder cannot be made there ({(Directory.Exists(above) ? $"{above} does not take new folders" : e.Message.TrimEnd('.'))}). Choose another --out.",
                e
            );
        }

        return new RunFolder(path, files);
    }

    /// <summary>Opens a run folder.</summary>
    /// <param name="path">The folder of a run.</param>
    /// <param name="files">The file operations of checkpoints and <c>run.json</c>; the machine's own where left
    /// out.</param>
    /// <exception cref="IOException">The folder is none of a run.</exception>
    public static RunFolder Open(string path, IFileSystem? files = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{path}: there is no such run folder.");
        }

        RunFolder folder = new(path, files);
        return Is(path) || folder.Checkpoints.Exists(SessionCheckpoint.Last)
            ? folder
            : throw new IOException($"{path}: not a run folder: it has neither run.json nor checkpoints/last.");
    }

    /// <summary>Whether a folder holds a <c>run.json</c>.</summary>
    internal static bool Is(string path) => File.Exists(Path.Combine(path, RunFile));

    /// <summary>Writes <c>run.json</c>.</summary>
    internal void WriteRun(
        TrainingPlan plan,
        TrainingRequest? request,
        DataIdentity data,
        TimeProvider time,
        RateSearch? search = null
    )
    {
        JsonObject run = new()
        {
            ["version"] = Version,
            ["started"] = time.GetUtcNow().ToString("O"),
            ["seed"] = plan.Options.Seed,
            ["model"] = plan.Model,
            ["parameters"] = plan.Parameters,
            ["request"] = RunJson.Indented.ToNode(request),
            ["options"] = RunJson.Indented.ToNode(plan.Options),
            ["data"] = RunJson.Indented.ToNode(data),
            ["machine"] = Machine(),
            ["resumed"] = new JsonArray(),
        };
        if (search is not null)
        {
            run["rateSearch"] = new JsonObject
            {
                ["rate"] = search.Rate,
                ["finding"] = search.Finding,
                ["file"] = RateFile,
            };
        }

        Write(run);
    }

    /// <summary>Notes in <c>run.json</c> that the run was continued.</summary>
    /// <param name="updates">Updates that were done before.</param>
    /// <param name="time">The clock.</param>
    /// <returns>A warning where this machine computes other bits than the one before, else null.</returns>
    internal string? NoteResumed(long updates, TimeProvider time)
    {
        if (ReadRun() is not { } run)
        {
            return null;
        }

        JsonArray resumed = run["resumed"] as JsonArray ?? [];
        JsonObject machine = Machine();
        JsonObject? before =
            (resumed.Count > 0 ? (resumed[^1] as JsonObject)?["machine"] : run["machine"]) as JsonObject;
        string? warning =
            before?[VectorBits] is not null && Width(before) != Width(machine)
                ? $"{FolderPath}: the run was computed with {Width(before)}, from here on with {Width(machine)}. Sums round differently there, so the bits may differ from those of the run on one machine."
            : before?[Profile] is JsonObject planned
            && MachineProfile.Current.DifferencesFrom(planned) is { Length: > 0 } other
                ? $"{FolderPath}: the run is planned for another processor from here on ({other}). Algorithms and blocks may be chosen otherwise there, so the bits may differ from those of the run on one machine."
            : null;
        resumed.Add(
            (JsonNode)
                new JsonObject
                {
                    ["at"] = time.GetUtcNow().ToString("O"),
                    ["step"] = updates,
                    ["machine"] = machine,
                }
        );
        run["resumed"] = resumed.DeepClone();
        Write(run);
        return warning;

        static string Width(JsonObject m) => $"{m[Architecture]}, {m[VectorBits]}-bit vectors";
    }

    /// <summary>What was asked for, as <c>run.json</c> holds it; null where the file is missing, or the run trains a
    /// module of a program of its own.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TrainingRequest? ReadRequest()
    {
        try
        {
            return RunJson.Indented.From<TrainingRequest>(ReadRun()?["request"]);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Path.Combine(FolderPath, RunFile)}: request: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>learning-rate.json</c>.</summary>
    internal void WriteRate(RateSearch search) => Write(RatePath, RunJson.Indented.ToText(search));

    /// <summary>The range test that found the run's learning rate; null where none was made.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public RateSearch? ReadRate()
    {
        try
        {
            return File.Exists(RatePath) ? RunJson.Indented.From<RateSearch>(File.ReadAllText(RatePath)) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{RatePath}: expected a range test of learning rates: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>answers.json</c>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void WriteAnswers(IReadOnlyList<Answer> answers)
    {
        string path = AnswersPath,
            temporary = path + ".new";
        using (FileStream stream = File.Create(temporary))
        {
            AnswerJson.Write(stream, answers);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The answers that the run ended with; null where it was not watched, or has not ended.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IReadOnlyList<Answer>? ReadAnswers() =>
        File.Exists(AnswersPath) ? AnswerJson.Read(File.ReadAllText(AnswersPath)) : null;

    private static JsonObject Machine() =>
        new()
        {
            ["host"] = Environment.MachineName,
            ["system"] = RuntimeInformation.OSDescription,
            [Architecture] = RuntimeInformation.ProcessArchitecture.ToString(),
            ["framework"] = RuntimeInformation.FrameworkDescription,
            ["processors"] = Environment.ProcessorCount,
            ["cpu"] = CpuTier.Description,
            [VectorBits] = CpuTier.Bits,
            ["threads"] = WorkerPool.Threads,
            [Profile] = RunJson.Indented.ToNode(MachineProfile.Current),
            ["speed"] = RunJson.Indented.ToNode(MachineSpeedFile.OfUser().Read()), // null unless `bench` measured it
        };

    private static bool IsOfAFailedStart(string entry) =>
        Directory.Exists(entry)
            ? Path.GetFileName(entry) == CheckpointsFolder
                && Directory.EnumerateFileSystemEntries(entry).All(CheckpointStore.IsUnfinished)
            : StartFiles.Contains(Path.GetFileName(entry), StringComparer.Ordinal);

    /// <summary>The content of <c>run.json</c>; null where the file is missing.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal JsonObject? ReadRun()
    {
        string path = Path.Combine(FolderPath, RunFile);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))?.AsObject() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: expected one JSON object: {e.Message}", e);
        }
    }

    private void Write(JsonObject run) =>
        Write(Path.Combine(FolderPath, RunFile), run.ToJsonString(RunJson.Indented.Options));

    private void Write(string path, string text)
    {
        string temporary = path + ".new";
        try
        {
            using (Stream stream = _files.Create(temporary))
            {
                stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
                _files.Flush(stream);
            }

            _files.Move(temporary, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
