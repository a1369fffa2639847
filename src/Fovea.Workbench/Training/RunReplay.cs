using Fovea.Data;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>Goes through a part of a run again and measures each update of some stretches.</summary>
internal static class RunReplay
{
    // Measurements are kept with six digits.
    private const double Digits = 1e-5;

    /// <summary>Measures stretches of updates one by one.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="place">Where the data are now; null for where they were.</param>
    /// <param name="measured">What the run measured.</param>
    /// <param name="stretches">First and last update of each, in order.</param>
    /// <param name="notice">Hears what is done.</param>
    /// <param name="cancel">Stops after the current batch.</param>
    /// <returns>What the run measured, with a line for each update of the stretches.</returns>
    public static Measurements Measure(
        string folder,
        string? place,
        Measurements measured,
        IReadOnlyList<(long From, long To)> stretches,
        Action<string> notice,
        CancellationToken cancel
    )
    {
        RunFolder run = RunFolder.Open(folder);
        (long first, long last) = (stretches[0].From, stretches[^1].To);
        Checkpoint newest = RunContinuation.Newest(run, notice);
        Checkpoint? start = Before(run, first, notice);
        if (start is null && last >= Diagnosis.LongestReplay)
        {
            throw new ArgumentException(
                $"{folder}: the replay would begin anew and go to update {last + 1}, and {Diagnosis.LongestReplay} is the most: no checkpoint from before update {first + 1} is left. Train again with --watch full and stop there."
            );
        }

        PreparedRun prepared = Prepare(folder, run, place, newest, start);
        long begun = prepared.Session.State.Updates;
        notice(
            $"Replaying updates {begun + 1} to {last + 1} from {(start is null ? "the start" : "a checkpoint")}; measuring each of {string.Join(", ", stretches.Select(s => $"{s.From + 1} to {s.To + 1}"))}."
        );
        IReadOnlyList<MeasuredStep> lines = Train(prepared, stretches, cancel);
        RequireSame(folder, measured, lines, begun);
        return Merged(measured, lines, stretches);
    }

    /// <summary>The newest checkpoint from before an update; null where none is left.</summary>
    private static Checkpoint? Before(RunFolder run, long update, Action<string> notice) =>
        new[] { SessionCheckpoint.Last, SessionCheckpoint.Best }
            .Where(run.Checkpoints.Exists)
            .Select(name => run.Checkpoints.Load(name, notice))
            .Select(c => (Checkpoint: c, SessionCheckpoint.Read<TrainingState>(c, "state").Updates))
            .Where(c => c.Updates > 0 && c.Updates <= update)
            .OrderByDescending(c => c.Updates)
            .Select(c => c.Checkpoint)
            .FirstOrDefault();

    private static PreparedRun Prepare(
        string folder,
        RunFolder run,
        string? place,
        Checkpoint newest,
        Checkpoint? start
    )
    {
        TrainingRequest request =
            run.ReadRequest()
            ?? throw new ArgumentException(
                $"{folder}: the run trains a module of a program of its own, which a replay cannot build; only runs of fovea train are replayed."
            );
        string model = SessionCheckpoint.ReadText(newest, "model");
        TrainingOptions options = SessionCheckpoint.Read<TrainingOptions>(newest, "options");
        DataSource data = Open(folder, request with { Data = place ?? request.Data, Model = model }, newest);
        Module module = ModelText
            .Create(model, data.Train.ItemShape, data.Train.Classes.Count)
            .Initialize(options.Seed);
        if (start is null && request.Init is { } weights)
        {
            StartingWeights.Load(module, weights, request.InitState, _ => { });
        }

        PreparedRun prepared = new(new TrainingSession(module, data, options, null), model, DataIdentity.Of(data));
        if (start is not null)
        {
            SessionCheckpoint.Restore(prepared.Session, start);
            prepared.Session.State.Ended = null;
        }

        return prepared;
    }

    /// <summary>Opens the run's data.</summary>
    private static DataSource Open(string folder, TrainingRequest request, Checkpoint newest)
    {
        DataSource data;
        try
        {
            data = RequestData.Open(request);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(
                $"{folder}: a replay needs the run's data (--data D where they have moved): {e.Message}",
                e
            );
        }

        IReadOnlyList<string> differences = SessionCheckpoint
            .Read<DataIdentity>(newest, "data")
            .Differences(DataIdentity.Of(data));
        return differences.Count == 0
            ? data
            : throw new ArgumentException(
                $"{folder}: a replay needs the data of the run, but: {string.Join("; ", differences)}."
            );
    }

    private static IReadOnlyList<MeasuredStep> Train(
        PreparedRun run,
        IReadOnlyList<(long From, long To)> stretches,
        CancellationToken cancel
    )
    {
        TrainingSession session = run.Session;
        Watched watched = RunWatch.Prepare(run);
        EvidenceCollector collector = new(
            session.Model,
            watched.Run,
            WatchLevel.Full,
            watched.Signals,
            MeasurementLog.New(null)
        )
        {
            Dense = stretches,
        };
        session.Watch = collector;
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        new TrainingLoop(
            session,
            new RunRecorder(null, run.ModelText, run.Data),
            new StopAt(TrainingObserver.Of(), stretches[^1].To + 1, enough),
            null,
            TimeProvider.System,
            enough.Token
        ).Run();
        cancel.ThrowIfCancellationRequested();
        return collector.Measured.Steps;
    }

    /// <summary>Refuses a replay that gives other numbers than the run.</summary>
    private static void RequireSame(string folder, Measurements measured, IReadOnlyList<MeasuredStep> lines, long begun)
    {
        Dictionary<long, MeasuredStep> known = measured.Samples.ToDictionary(s => s.Step);
        MeasuredStep[] both =
        [
            .. lines.Where(l => l.Step >= begun && l.Power is not null && known.ContainsKey(l.Step)),
        ];
        MeasuredStep? other = both.FirstOrDefault(l =>
            !IsSame(l.FirstLoss, known[l.Step].FirstLoss)
            || !l.Power!.Zip(known[l.Step].Power ?? []).All(p => IsSame(p.First, p.Second))
        );
        if (other is not null || both.Length == 0)
        {
            throw new InvalidOperationException(
                other is null
                    ? $"{folder}: the replay met no update that the run had measured, so that it proves nothing."
                    : $"{folder}: the replay gives another loss or signal at update {other.Step + 1} than the run ({other.FirstLoss:G6}, it had {known[other.Step].FirstLoss:G6}): it was trained with another version, on another kind of processor, or went on with other options."
            );
        }
    }

    private static bool IsSame(double? a, double? b) =>
        a is not { } x || b is not { } y || x.Equals(y) || Math.Abs(x - y) <= Digits * Math.Abs(y);

    /// <summary>The lines of the run, with those of the replay in the place of those of the stretches.</summary>
    private static Measurements Merged(
        Measurements measured,
        IReadOnlyList<MeasuredStep> lines,
        IReadOnlyList<(long From, long To)> stretches
    )
    {
        MeasuredStep[] dense = [.. lines.Where(IsIn)];
        return measured with { Steps = [.. measured.Steps.Where(s => !IsIn(s)).Concat(dense).OrderBy(s => s.Step)] };

        bool IsIn(MeasuredStep s) => stretches.Any(t => s.Step >= t.From && s.Step <= t.To);
    }
}
