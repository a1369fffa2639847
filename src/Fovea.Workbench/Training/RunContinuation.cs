namespace Fovea.Workbench;

/// <summary>Continues a run from its newest checkpoint.</summary>
internal static class RunContinuation
{
    /// <summary>Puts a checkpoint into a prepared run and trains on to the end.</summary>
    /// <param name="run">The run, with what <see cref="RequireSame"/> let pass.</param>
    /// <param name="folder">Its folder, locked.</param>
    /// <param name="checkpoint">Where it goes on.</param>
    /// <param name="observer">Hears what happens.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    public static TrainingResult Train(
        PreparedRun run,
        RunFolder folder,
        Checkpoint checkpoint,
        TrainingObserver observer,
        CancellationToken cancel
    )
    {
        SessionCheckpoint.Restore(run.Session, checkpoint);
        using TensorBoardLog? log = TensorBoardLog.Of(run.Session, folder.FolderPath);
        observer = log is null ? observer : TrainingObserver.Of(observer, log);
        int before = SessionCheckpoint.Read<TrainingOptions>(checkpoint, "options").Epochs;
        if (run.Session.Options.Epochs > before)
        {
            run.Session.State.Ended = null;
            observer.Notice(
                $"The run goes on to {run.Session.Options.Epochs} epochs instead of {before}: from here on its learning rate is that of a run of {run.Session.Options.Epochs}."
            );
        }

        folder.Checkpoints.Clean(observer.Notice);
        Metrics? last = MetricsLog.Truncate(folder.MetricsPath, run.Session.State.MetricsLines);
        if (folder.NoteResumed(run.Session.State.Updates, TimeProvider.System) is { } otherMachine)
        {
            observer.Notice(otherMachine);
        }

        observer.Started(run.Plan(folder.FolderPath));
        return new TrainingLoop(
            run.Session,
            new RunRecorder(folder, run.ModelText, run.Data),
            observer,
            last,
            TimeProvider.System,
            cancel,
            RunWatch.Of(run, folder.FolderPath, observer, goesOn: true)
        ).Run();
    }

    /// <summary>The newest checkpoint of a run.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read.</exception>
    public static Checkpoint Newest(RunFolder run, Action<string> notice) =>
        run.Checkpoints.Exists(SessionCheckpoint.Last)
            ? run.Checkpoints.Load(SessionCheckpoint.Last, notice)
            : throw new CheckpointException(
                $"{run.Checkpoints.PathOf(SessionCheckpoint.Last)}: there is no checkpoint to continue from; start the run anew with another --out."
            );

    /// <summary>Refuses to continue with anything else than the run was started with.</summary>
    public static TrainingOptions RequireSame(
        string folder,
        Checkpoint checkpoint,
        DataIdentity data,
        string modelText,
        Func<TrainingOptions, TrainingOptions> asked
    )
    {
        TrainingOptions stored = SessionCheckpoint.Read<TrainingOptions>(checkpoint, "options");
        TrainingOptions options = asked(stored);
        string model = SessionCheckpoint.ReadText(checkpoint, "model");
        List<string> differences = [];
        if (!string.Equals(model, modelText, StringComparison.Ordinal))
        {
            differences.Add($"model: the run has {model}, asked for {modelText}");
        }

        differences.AddRange(SessionCheckpoint.Read<DataIdentity>(checkpoint, "data").Differences(data));
        bool grows = options.Epochs > stored.Epochs;
        differences.AddRange(
            TrainingOptions.Differences(grows ? stored with { Epochs = options.Epochs } : stored, options)
        );
        return differences.Count == 0
            ? options
            : throw new ArgumentException(
                $"{folder}: a run continues with what it was started with, but: {string.Join("; ", differences)}. Leave these options out, or start a new run with --out."
            );
    }
}
