namespace Fovea.Workbench;

public static partial class Diagnosis
{
    /// <summary>Asks the measured questions about a run, from the evidence that it stored.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="notice">Hears what a user should know; null for nobody.</param>
    /// <returns>The answers, worst first.</returns>
    /// <exception cref="IOException">The folder is no run.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="ArgumentException">The run was not watched.</exception>
    public static IReadOnlyList<Answer> OfRun(string folder, Action<string>? notice = null) =>
        Of(EvidenceOf(folder, notice));

    /// <summary>The evidence of a run: its network's structure and what was measured.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="notice">Hears what a user should know; null for nobody.</param>
    /// <exception cref="IOException">The folder is no run.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="ArgumentException">The run was not watched.</exception>
    public static Evidence EvidenceOf(string folder, Action<string>? notice = null)
    {
        RunFolder run = RunFolder.Open(folder);
        Measurements measured =
            Measurements.Read(run.FolderPath)
            ?? throw new ArgumentException(
                $"{folder}: the run has no measurements: it was trained with --watch off, or by an earlier version. fovea diagnose MODEL --data D is a check-up of a few hundred updates."
            );
        TrainingRequest? request = run.ReadRequest();
        measured = measured with { Request = request };
        try
        {
            TrainedModel trained = TrainedModel.Load(folder, notice);
            return new Evidence(
                Graph.Trace(trained.Model, trained.ItemShape, training: true),
                ShellText.Quote(request?.Model ?? trained.Name),
                trained.Name
            )
            {
                Measured = measured,
            };
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or ShapeException)
        {
            notice?.Invoke(
                $"{folder}: the network's structure is not known here, so that what it predicts is left out: {e.Message}"
            );
            return Watched.Empty(measured.Run, measured);
        }
    }

    /// <summary>A check-up: trains for some updates, keeps nothing, and asks the measured questions.</summary>
    /// <param name="request">What to train, on what, and how. Its epochs and run folder do not matter.</param>
    /// <param name="steps">Updates, 1 or more.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch; what was seen so far is answered from.</param>
    /// <returns>The answers, worst first.</returns>
    /// <exception cref="ArgumentException">A model, option or combination does not exist, or there are no steps.</exception>
    /// <exception cref="IOException">Data cannot be read.</exception>
    /// <exception cref="ShapeException">The items do not fit the model.</exception>
    public static IReadOnlyList<Answer> CheckUp(
        TrainingRequest request,
        int steps = 200,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (steps < 1)
        {
            throw new ArgumentException($"Check-up: the steps must be 1 or more, got {steps}.");
        }

        int perEpoch = PreparedRun.Of(request).Session.UpdatesPerEpoch;
        PreparedRun run = PreparedRun.Of(
            request with
            {
                Epochs = (steps + perEpoch - 1) / Math.Max(1, perEpoch),
                Watch = WatchLevel.Full,
                LooksAtTheEnd = 100,
                Log = null,
            }
        ) with
        {
            Request = request,
        };
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        return RunStart
            .Train(
                run,
                request,
                path: null,
                new StopAt(observer ?? TrainingObserver.Of(), steps, enough),
                TimeProvider.System,
                files: null,
                enough.Token
            )
            .Answers;
    }
}
