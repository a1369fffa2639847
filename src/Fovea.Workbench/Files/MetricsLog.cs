using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Workbench;

/// <summary>One line of <c>metrics.jsonl</c>: the state of training after an epoch.</summary>
/// <param name="Epoch">Epochs done, from 1.</param>
/// <param name="Step">Updates done since the start.</param>
/// <param name="Loss">Mean training loss of the epoch, with the weights as they changed.</param>
/// <param name="Accuracy">Training accuracy of the epoch, fraction 0-1, likewise; null where nothing is right or
/// wrong.</param>
/// <param name="ValidationLoss">Mean loss on the held-out part; null without one.</param>
/// <param name="ValidationAccuracy">Accuracy on the held-out part, fraction 0-1; null without one, or without classes.</param>
/// <param name="LearningRate">The learning rate of the epoch's last update.</param>
/// <param name="Seconds">Time since the start of training; of an interrupted run, without the interruption.</param>
/// <param name="ValidationMetrics">The values of the run's metrics on the held-out part, by name; null without metrics or
/// such a part.</param>
public sealed record Metrics(
    int Epoch,
    long Step,
    double Loss,
    double? Accuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double LearningRate,
    double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, double>? ValidationMetrics = null
)
{
    /// <summary>The share 0-1 of the time of the epoch's updates in which they waited for data; of an epoch that was
    /// interrupted, since then. Null in lines of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DataWait { get; init; }
}

/// <summary>The file <c>metrics.jsonl</c>: one JSON object a line, appended as training goes.</summary>
public static class MetricsLog
{
    /// <summary>Appends one line and flushes it to the disk.</summary>
    /// <param name="path">The file; created where missing.</param>
    /// <param name="line">The line.</param>
    public static void Append(string path, Metrics line)
    {
        using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(Encoding.UTF8.GetBytes(RunJson.Line.ToText(line) + "\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads all whole lines; a last line cut off by a crash is left out.</summary>
    /// <param name="path">The file; no lines where missing.</param>
    /// <exception cref="InvalidDataException">A line other than the last is no metrics object.</exception>
    public static IReadOnlyList<Metrics> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        string[] lines = File.ReadAllText(path).Split('\n');
        List<Metrics> found = [];
        for (int i = 0; i < lines.Length - 1; i++)
        {
            try
            {
                found.Add(RunJson.Line.From<Metrics>(lines[i])!);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException(
                    $"{path}: line {i + 1}: expected one JSON object, found \"{Shorten(lines[i])}\".",
                    e
                );
            }
        }

        return found;
    }

    /// <summary>Keeps the first lines and drops what was written after the checkpoint that training continues
    /// from.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">Lines to keep.</param>
    /// <returns>The last line kept, or null.</returns>
    /// <exception cref="InvalidDataException">The file has fewer lines.</exception>
    public static Metrics? Truncate(string path, int lines)
    {
        IReadOnlyList<Metrics> all = Read(path);
        if (all.Count < lines)
        {
            throw new InvalidDataException(
                $"{path}: the checkpoint was taken after {lines} lines, the file has {all.Count}. It was changed since; restore it to continue."
            );
        }

        string text = string.Concat(all.Take(lines).Select(l => RunJson.Line.ToText(l) + "\n"));
        if (File.Exists(path) && !string.Equals(File.ReadAllText(path), text, StringComparison.Ordinal))
        {
            string temporary = path + ".new";
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }

        return lines > 0 ? all[lines - 1] : null;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
