using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Runs a session to its end: epochs, checkpoints, measurements, stopping.</summary>
internal sealed class TrainingLoop
{
    // No optimizer here is used with a higher one to begin with.
    private const double HighestAdvice = 0.1;

    private readonly TrainingSession _session;
    private readonly RunRecorder _recorder;
    private readonly TrainingObserver _observer;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancel;
    private readonly SpeedClock _clock;
    private readonly RunWatch? _watch;
    private readonly DataWait _wait;
    private long _savedAt;
    private long _savedUpdates;
    private Metrics? _last;
    private bool _explained;

    public TrainingLoop(
        TrainingSession session,
        RunRecorder recorder,
        TrainingObserver observer,
        Metrics? last,
        TimeProvider time,
        CancellationToken cancel,
        RunWatch? watch = null
    )
    {
        _watch = watch;
        _session = session;
        _recorder = recorder;
        _observer = observer;
        _last = last;
        _time = time;
        _cancel = cancel;
        _wait = new DataWait(time);
        _clock = new SpeedClock(time, last?.Seconds ?? 0);
        _savedAt = time.GetTimestamp();
        _savedUpdates = session.State.Updates;
    }

    private TrainingState State => _session.State;

    public TrainingResult Run()
    {
        _session.Model.Train();
        while (!_session.IsDone)
        {
            if (RunBatches() is { } problem)
            {
                return Diverged(problem);
            }

            if (_watch?.Stopper is { } answer)
            {
                _watch.End(healthy: false);
                _recorder.SaveLast(_session);
                return Result(TrainingOutcome.Stopped, Stopped(answer), null);
            }

            if (_cancel.IsCancellationRequested || !TryEndEpoch())
            {
                // Who stops a run does not wait for probes: they are tried when it goes on. Without a folder it does not.
                _watch?.End(healthy: _recorder.Folder is null);
                _recorder.SaveLast(_session);
                return Interrupted();
            }
        }

        return Finish();
    }

    /// <summary>The rest of the current epoch's batches, or up to the cancellation.</summary>
    private NonFinite? RunBatches()
    {
        using IEnumerator<Batch> batches = _wait.Of(_session.Loader.Epoch(State.Epoch, State.Batch));
        while (
            State.Batch < _session.Loader.BatchesPerEpoch && !_cancel.IsCancellationRequested && _watch?.Stopper is null
        )
        {
            long seen = State.Seen;
            if (_wait.Update(() => _session.Update(batches, _observer)) is { } problem)
            {
                return problem;
            }

            _watch?.Updated();
            _clock.Count((int)(State.Seen - seen));
            _observer.Progressed(Progress());
            if (IsSaveDue())
            {
                _watch?.Save();
                SaveLast();
            }
        }

        return null;
    }

    private bool IsSaveDue() =>
        _recorder.Folder is not null
        && State.Batch < _session.Loader.BatchesPerEpoch
        && (
            _time.GetElapsedTime(_savedAt).TotalSeconds >= _session.Options.CheckpointSeconds
            || (
                _session.Options.CheckpointSteps > 0
                && State.Updates - _savedUpdates >= _session.Options.CheckpointSteps
            )
        );

    private void SaveLast()
    {
        _recorder.SaveLast(_session);
        _savedAt = _time.GetTimestamp();
        _savedUpdates = State.Updates;
    }

    /// <summary>Measures the epoch, notes it, and moves on; false where it was cancelled meanwhile and nothing
    /// changed.</summary>
    private bool TryEndEpoch()
    {
        EvaluationResult? held;
        try
        {
            held = _session.Validate(_observer, _cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        (double loss, double? accuracy) = _session.Running;
        bool best = State.IsBest(held?.AccuracyOrNone ?? 0, held?.Loss ?? loss);
        _session.Schedule.Observe(held?.Loss ?? loss);
        _last = new Metrics(
            State.Epoch + 1,
            State.Updates,
            loss,
            accuracy,
            held?.Loss,
            held?.AccuracyOrNone,
            State.LearningRate,
            _clock.Seconds,
            held is { Metrics.Count: > 0 } ? held.Metrics : null
        )
        {
            DataWait = _wait.NextPart(),
        };
        _watch?.EpochEnded(loss, held);
        State.MetricsLines++;
        State.NextEpoch();
        int patience = _session.Options.Patience;
        if (patience > 0 && State.Epoch - State.BestEpoch >= patience && State.Epoch < _session.Options.Epochs)
        {
            State.Ended =
                $"Stopped early after epoch {State.Epoch}: none of the last {patience} was better than epoch {State.BestEpoch}.";
        }

        _recorder.Append(_last);
        if (best)
        {
            _recorder.SaveBest(_session);
        }

        SaveLast();
        _observer.EpochEnded(_last, best);
        if (!_explained && TrainingRemarks.HeldOut(_session, _last) is { } remark)
        {
            _explained = true;
            _observer.Notice(remark);
        }

        return true;
    }

    private TrainingResult Finish()
    {
        if (TrainingRemarks.Waiting(_session, _wait) is { } remark)
        {
            _observer.Notice(remark);
        }

        _watch?.End();
        if (_recorder.LoadBest(_observer.Notice) is { } weights)
        {
            _session.Model.LoadStateDict(weights);
        }

        try
        {
            EvaluationResult test = _session.Task.Test(
                _session.Model,
                new StageProgress(_observer, TrainingStage.Test, _session.Task.TestCount),
                _cancel
            );
            _watch?.Tested(State.BestEpoch, test);

            return Result(TrainingOutcome.Finished, State.Ended, test);
        }
        catch (OperationCanceledException)
        {
            return Result(
                TrainingOutcome.Interrupted,
                "Training is finished; stopped while measuring the test items."
                    + (
                        _recorder.Folder is { } folder
                            ? $" All is saved; measure with --resume {folder.FolderPath}"
                            : ""
                    ),
                null
            );
        }
    }

    private TrainingProgress Progress()
    {
        (double loss, double? accuracy) = _session.Running;
        int batches = _session.Loader.BatchesPerEpoch;
        long left = ((_session.Options.Epochs - State.Epoch) * (long)batches) - State.Batch;
        return new TrainingProgress(
            State.Epoch + 1,
            _session.Options.Epochs,
            State.Batch,
            batches,
            loss,
            accuracy,
            _clock.ItemsPerSecond,
            _clock.TimeFor(left * _session.Task.Count / batches)
        )
        {
            LearningRate = State.LearningRate,
            EpochRemaining = _clock.TimeFor((batches - State.Batch) * (long)_session.Task.Count / batches),
        };
    }

    private TrainingResult Interrupted() =>
        Result(
            TrainingOutcome.Interrupted,
            $"Stopped in epoch {State.Epoch + 1} after batch {State.Batch}; "
                + (
                    _recorder.Folder is { } folder
                        ? $"saved. Continue with --resume {folder.FolderPath}"
                        : "nothing was kept, as there is no run folder."
                ),
            null
        );

    /// <summary>Ends a run whose next update would not be finite, and saves what was before that.</summary>
    private TrainingResult Diverged(NonFinite found)
    {
        _watch?.End(healthy: false);
        if (found.IsPutBack)
        {
            _recorder.SaveLast(_session);
        }

        string advice = found.IsInData
            ? "Look at these items, or leave them out"
            : FormattableString.Invariant(
                $"Try a learning rate of {Math.Min(_session.Options.LearningRate / 10, HighestAdvice):G3} (--lr)"
            );
        string kept =
            _recorder.Folder is { } folder && folder.Checkpoints.Exists(SessionCheckpoint.Last)
                ? $"; the last finite checkpoint is {folder.Checkpoints.PathOf(SessionCheckpoint.Last)}{(found.IsPutBack ? ", from before this update" : "")}."
                : ".";
        return Result(TrainingOutcome.Diverged, $"Training stopped: {found}. {advice}{kept}", null, found);
    }

    private string Stopped(Answer answer) =>
        $"Stopped in epoch {State.Epoch + 1} after batch {State.Batch}, as asked for, by {AnswerJson.Word(answer.Verdict)} {answer.Id}: {answer.Finding}{(answer.Remedy.Length > 0 ? $" {answer.Remedy}" : "")}";

    private TrainingResult Result(
        TrainingOutcome outcome,
        string? message,
        EvaluationResult? test,
        NonFinite? nonFinite = null
    )
    {
        TrainingResult result = new(outcome, message, _recorder.Folder?.FolderPath, _last, State.BestEpoch, test)
        {
            Answers = _watch?.Answers ?? [],
            NonFinite = nonFinite,
            DataWait = _wait.Share,
        };
        RunPages.Write(_session, _recorder.Folder, result, _watch, _observer, _cancel);
        return result;
    }
}
