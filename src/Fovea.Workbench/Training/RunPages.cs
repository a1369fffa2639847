using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What a run leaves for people to read when it ends: <c>answers.json</c> and <c>report.html</c>.</summary>
internal static class RunPages
{
    // So many test items are searched for mistakes: enough for a page, and a moment's work.
    private const int Searched = 2000,
        Shown = 48;

    /// <summary>Writes them. A page that cannot be written is no reason to lose a run.</summary>
    /// <param name="session">The session, with the weights that the run ends with.</param>
    /// <param name="folder">The run folder; null writes nothing.</param>
    /// <param name="result">How the run ended.</param>
    /// <param name="watch">What was measured; null where nothing was.</param>
    /// <param name="observer">Hears where something cannot be written.</param>
    /// <param name="cancel">Leaves mistakes out.</param>
    public static void Write(
        TrainingSession session,
        RunFolder? folder,
        TrainingResult result,
        RunWatch? watch,
        TrainingObserver observer,
        CancellationToken cancel
    )
    {
        if (folder is null)
        {
            return;
        }

        try
        {
            if (watch is not null)
            {
                folder.WriteAnswers(result.Answers);
            }

            RunReport.Write(
                folder.FolderPath,
                RunReport.Read(folder.FolderPath) with
                {
                    Result = result,
                    Answers = result.Answers,
                    Measured = watch?.Collector.Measured,
                    Mistakes =
                        result.Test is null || cancel.IsCancellationRequested
                            ? []
                            : session.Task.Mistakes(session.Model, Searched, Shown),
                }
            );
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            observer.Notice($"The report of the run could not be written: {e.Message}");
        }
    }
}
