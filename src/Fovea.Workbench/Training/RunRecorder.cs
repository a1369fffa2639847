namespace Fovea.Workbench;

/// <summary>Keeps what a run produces: in its folder, or, without one, the best weights in memory.</summary>
internal sealed class RunRecorder(RunFolder? folder, string modelText, DataIdentity data)
{
    private IReadOnlyDictionary<string, Tensor>? _best;

    public RunFolder? Folder => folder;

    /// <summary>Saves the session as the newest checkpoint.</summary>
    public void SaveLast(TrainingSession session) =>
        folder?.Checkpoints.Save(SessionCheckpoint.Last, SessionCheckpoint.Capture(session, modelText, data));

    /// <summary>Keeps the session's weights as the best so far.</summary>
    public void SaveBest(TrainingSession session)
    {
        if (folder is null)
        {
            _best = session.WithAverage(() => session.Model.StateDict().ToDictionary(t => t.Key, t => t.Value.Clone()));
            return;
        }

        folder.Checkpoints.Save(SessionCheckpoint.Best, SessionCheckpoint.Capture(session, modelText, data));
    }

    /// <summary>The best epoch's weights, the averaged ones where there are any.</summary>
    public IReadOnlyDictionary<string, Tensor>? LoadBest(Action<string> notice) =>
        folder is null ? _best
        : folder.Checkpoints.Exists(SessionCheckpoint.Best)
            ? SessionCheckpoint.Weights(folder.Checkpoints.Load(SessionCheckpoint.Best, notice))
        : null;

    public void Append(Metrics line)
    {
        if (folder is not null)
        {
            MetricsLog.Append(folder.MetricsPath, line);
        }
    }
}
