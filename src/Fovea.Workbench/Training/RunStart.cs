namespace Fovea.Workbench;

/// <summary>Starts a prepared run.</summary>
internal static class RunStart
{
    /// <summary>Checks that data and network fit, writes what the run began with, and trains to the end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">What was asked for; null for a module of the user's own.</param>
    /// <param name="path">The run folder; null keeps nothing on disk.</param>
    /// <param name="observer">Hears what happens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="files">Where the folder is; null for the disk.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    public static TrainingResult Train(
        PreparedRun run,
        TrainingRequest? request,
        string? path,
        TrainingObserver observer,
        TimeProvider time,
        IFileSystem? files,
        CancellationToken cancel
    )
    {
        run.Session.CheckFit();
        using TensorBoardLog? log = TensorBoardLog.Of(run.Session, path);
        observer = log is null ? observer : TrainingObserver.Of(observer, log);
        RunFolder? folder = path is null ? null : RunFolder.Create(path, files);
        using RunLock? held = folder is null ? null : RunLock.Take(folder.FolderPath, observer.Notice);
        RateSearch? search = null;
        if (request is { SearchesRate: true } && (search = Search(run.Session, folder, observer, cancel)) is null)
        {
            return new TrainingResult(
                TrainingOutcome.Interrupted,
                "Stopped while a learning rate was searched; nothing was kept.",
                path,
                null,
                0,
                null
            );
        }

        TrainingPlan plan = run.Plan(path);
        folder?.Checkpoints.Clean(observer.Notice);
        folder?.WriteRun(plan, request, run.Data, time, search);
        RunRecorder recorder = new(folder, run.ModelText, run.Data);
        recorder.SaveLast(run.Session); // from here on there is something to continue from
        observer.Started(plan);
        foreach (
            string notice in new[] { run.Begun, run.Session.Frozen, TrainingRemarks.Found(search, plan.Options) }
                .OfType<string>()
                .Concat(TrainingRemarks.Choices(run.Session, request))
                .Concat(plan.Options.Preflight ? TrainingRemarks.Structure(run.Session) : [])
        )
        {
            observer.Notice(notice);
        }

        RunWatch? watch = RunWatch.Of(run, path, observer);
        watch?.Begin();

        if (
            plan.Options.Preflight
            && Preflight.Run(run.Session, time, new StageProgress(observer, TrainingStage.Preflight), cancel).Describe()
                is { } doubt
        )
        {
            observer.Notice(doubt);
        }

        return new TrainingLoop(run.Session, recorder, observer, null, time, cancel, watch).Run() with
        {
            RateSearch = search,
        };
    }

    /// <summary>Finds the learning rate and gives it to the session.</summary>
    /// <returns>The test; null where it was cancelled.</returns>
    /// <exception cref="ArgumentException">No rate can be suggested; the folder holds the curve.</exception>
    private static RateSearch? Search(
        TrainingSession session,
        RunFolder? folder,
        TrainingObserver observer,
        CancellationToken cancel
    )
    {
        RateSearch search;
        try
        {
            search = new RateTest(session).Run(new StageProgress(observer, TrainingStage.RateTest), cancel);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        folder?.WriteRate(search);
        session.Take(
            search.Rate
                ?? throw new ArgumentException(
                    $"--lr auto: no learning rate can be suggested: {search.Finding}{(folder is null ? "" : $" ({folder.RatePath})")}. Give one with --lr RATE, or look at the data: fovea diagnose."
                )
        );
        return search;
    }
}
