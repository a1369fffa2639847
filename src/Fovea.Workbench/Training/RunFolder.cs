using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Workbench;

/// <summary>A training run on disk: <c>run.json</c>, <c>metrics.jsonl</c>, <c>checkpoints/last</c> and <c>checkpoints/best</c>.</summary>
public sealed class RunFolder
{
    private const string RunFile = "run.json";

    private RunFolder(string path, IFileSystem? files)
    {
        FolderPath = path;
        Checkpoints = new CheckpointStore(System.IO.Path.Combine(path, "checkpoints"), files);
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The checkpoints in it.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>The file of metrics.</summary>
    public string MetricsPath => Path.Combine(FolderPath, "metrics.jsonl");

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Creates a run folder.</summary>
    /// <param name="path">A folder that does not exist, or is empty.</param>
    /// <param name="files">The file operations of checkpoints; the machine's own where left out.</param>
    /// <exception cref="IOException">The folder exists and is not empty, or cannot be created.</exception>
    public static RunFolder Create(string path, IFileSystem? files = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Path.Exists(path) && (File.Exists(path) || Directory.EnumerateFileSystemEntries(path).Any()))
        {
            string fix = File.Exists(Path.Combine(path, RunFile)) ? $"Continue that run with --resume {path}, or choose another --out." : "Choose another --out.";
            throw new IOException($"{path}: the run folder must be new or empty. {fix}");
        }

        Directory.CreateDirectory(path);
        return new RunFolder(path, files);
    }

    /// <summary>Opens a run folder.</summary>
    /// <param name="path">The folder of a run.</param>
    /// <param name="files">The file operations of checkpoints; the machine's own where left out.</param>
    /// <exception cref="IOException">The folder is none of a run.</exception>
    public static RunFolder Open(string path, IFileSystem? files = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{path}: there is no such run folder.");
        }

        RunFolder folder = new(path, files);
        return File.Exists(Path.Combine(path, RunFile)) || folder.Checkpoints.Exists(SessionCheckpoint.Last)
            ? folder
            : throw new IOException($"{path}: not a run folder: it has neither run.json nor checkpoints/last.");
    }

    /// <summary>Writes <c>run.json</c>.</summary>
    internal void WriteRun(TrainingPlan plan, TrainingRequest? request, DataIdentity data, TimeProvider time)
    {
        JsonObject run = new()
        {
            ["version"] = Version,
            ["started"] = time.GetUtcNow().ToString("O"),
            ["seed"] = plan.Options.Seed,
            ["model"] = plan.Model,
            ["parameters"] = plan.Parameters,
            ["request"] = JsonSerializer.SerializeToNode(request, TrainingOptions.Json),
            ["options"] = JsonSerializer.SerializeToNode(plan.Options, TrainingOptions.Json),
            ["data"] = JsonSerializer.SerializeToNode(data, TrainingOptions.Json),
            ["machine"] = Machine(),
            ["resumed"] = new JsonArray(),
        };
        Write(run);
    }

    /// <summary>Notes in <c>run.json</c> that the run was continued.</summary>
    internal void NoteResumed(TimeProvider time)
    {
        if (ReadRun() is not { } run)
        {
            return;
        }

        JsonArray resumed = run["resumed"] as JsonArray ?? [];
        resumed.Add((JsonNode)new JsonObject { ["at"] = time.GetUtcNow().ToString("O"), ["machine"] = Machine() });
        run["resumed"] = resumed.DeepClone();
        Write(run);
    }

    /// <summary>What was asked for, as <c>run.json</c> holds it; null where the file is missing or holds none.</summary>
    internal TrainingRequest? ReadRequest()
    {
        try
        {
            return ReadRun()?["request"].Deserialize<TrainingRequest>(TrainingOptions.Json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Path.Combine(FolderPath, RunFile)}: request: {e.Message}", e);
        }
    }

    private static JsonObject Machine() => new()
    {
        ["host"] = Environment.MachineName,
        ["system"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["framework"] = RuntimeInformation.FrameworkDescription,
        ["processors"] = Environment.ProcessorCount,
        ["threads"] = Fovea.Kernels.WorkerPool.Threads,
    };

    private JsonObject? ReadRun()
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

    private void Write(JsonObject run)
    {
        string path = Path.Combine(FolderPath, RunFile), temporary = path + ".new";
        File.WriteAllText(temporary, run.ToJsonString(TrainingOptions.Json) + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
