using System.Text;
using System.Text.Json;

namespace Fovea.Workbench;

/// <summary>The end of a run, as <c>result.json</c> holds it: what cannot be measured again without the data.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">Why, where it ended before its last epoch.</param>
/// <param name="BestEpoch">The best epoch, from 1; 0 for none.</param>
/// <param name="Test">The best weights measured on the test items; null where training did not finish.</param>
/// <param name="Mistakes">The items that were most wrong.</param>
/// <param name="NonFinite">Where numbers stopped being finite; null unless the run diverged.</param>
internal sealed record RunEnd(
    TrainingOutcome Outcome,
    string? Message,
    int BestEpoch,
    EvaluationResult? Test,
    IReadOnlyList<ReportedItem> Mistakes,
    NonFinite? NonFinite = null
)
{
    public const string FileName = "result.json";

    /// <summary>Writes the file, whole or not at all.</summary>
    public static void Write(string folder, TrainingResult result, IReadOnlyList<ReportedItem> mistakes)
    {
        string path = Path.Combine(folder, FileName),
            temporary = path + ".new";
        RunEnd end = new(result.Outcome, result.Message, result.BestEpoch, result.Test, mistakes, result.NonFinite);
        File.WriteAllText(temporary, RunJson.Line.ToText(end) + "\n", new UTF8Encoding(false));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the file; null where it is missing.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static RunEnd? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) ? RunJson.Line.From<RunEnd>(File.ReadAllText(path)) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: expected the end of a run: {e.Message}", e);
        }
    }
}
