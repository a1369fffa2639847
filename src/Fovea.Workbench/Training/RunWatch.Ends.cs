namespace Fovea.Workbench;

/// <content>What is known before the first update, and after the last.</content>
internal sealed partial class RunWatch
{
    /// <summary>What is measured of a run.</summary>
    /// <param name="run">The run.</param>
    public static Watched Prepare(PreparedRun run)
    {
        TrainingSession session = run.Session;
        return Watched.Of(
            session.Model,
            session.Optimizer,
            session.Task.One().AllInputs,
            session.Task.LossOf,
            Known(run),
            run.Request?.Model
        );
    }

    /// <summary>Looks at the data, tries outputs, loss and targets together, and says what is found, before the first
    /// update.</summary>
    public void Begin()
    {
        if (_session.Task.LookAtData() is { } data)
        {
            Collector.Log.Add(data);
        }

        Try(FirstBatchProbe.ProbeName);
        Try(MixingProbe.ProbeName);
        Try(FiltersProbe.ProbeName);
        Measurements measured = EvidenceNow().Measured!;
        foreach (Answer answer in new[] { new LossFitsTargets().Of(measured), new ClassesAndInputs().Of(measured) })
        {
            Say(answer);
        }

        foreach (Answer answer in Diagnosis.Of(EvidenceNow()).Where(a => a.Verdict == Verdict.Fix))
        {
            Say(answer);
        }
    }

    /// <summary>The test items were measured, with the weights of an epoch: asks once more, and says what is new.</summary>
    public void Tested(int epoch, EvaluationResult test)
    {
        Collector.Log.Add(new MeasuredTest(epoch, PartOf(test)));
        Answers = Diagnosis.Of(EvidenceNow());
        foreach (Answer answer in Answers.Where(a => a.Verdict == Verdict.Fix || a.Cause == Cause.Overfitting))
        {
            Say(answer);
        }
    }

    /// <summary>Tries the probes that every run tries when it ends, the cheapest first, with averaged weights where there are
    /// any. One that fails is no reason to lose a training run.</summary>
    /// <returns>Whether any was tried.</returns>
    private bool TryAtTheEnd()
    {
        bool tried = false;
        double left = Math.Max(ShareOfProbes * _session.State.Updates, _session.Options.LooksAtTheEnd);
        foreach (Probe probe in ProbeCatalog.BuiltIn.Where(p => p.AtTheEnd).OrderBy(p => p.Cost))
        {
            if (_session.Options.Watch != WatchLevel.Full || (left -= probe.Cost) < 0)
            {
                break;
            }

            try
            {
                _observer.Advanced(TrainingStage.Probe, 0.5);
                _session.WithAverage(() => Try(probe.Name));
                tried = true;
            }
            catch (Exception e)
                when (e is ArgumentException or InvalidOperationException or NotSupportedException or ShapeException)
            {
                _observer.Notice($"The probe '{probe.Name}' failed, which is a fault of the probe: {e.Message}");
            }
        }

        return tried;
    }

    /// <summary>Says what is to fix, once, and what is to look at as a notice.</summary>
    private void Say(Answer answer)
    {
        if (answer.Verdict == Verdict.Fix && _said.Add($"{answer.Id} {answer.Cause}"))
        {
            _observer.Found(answer);
        }
        else if (answer.Verdict == Verdict.Look)
        {
            _observer.Notice(TrainingRemarks.Say(answer));
        }
    }

    private static MeasuredPart PartOf(EvaluationResult result) =>
        new(
            (int)result.N,
            result.Loss,
            result.LossError,
            result.PerClass.Count > 0 ? (int)result.PerClass.Sum(c => c.Correct) : null
        )
        {
            ClassItems = [.. result.PerClass.Select(c => (int)c.N)],
            ClassRight = [.. result.PerClass.Select(c => (int)c.Correct)],
            ClassPredicted =
            [
                .. Enumerable.Range(0, result.PerClass.Count).Select(k => (int)result.Confusion.Sum(row => row[k])),
            ],
        };

    private static MeasuredRun Known(PreparedRun run)
    {
        TrainingSession session = run.Session;
        TrainingOptions options = session.Options;
        return new MeasuredRun
        {
            Model = run.ShownModel,
            Data = run.Data.Name,
            Classes = session.Task.ClassNames,
            TrainItems = session.Task.Count,
            HeldOutItems = session.Task.HeldOutCount,
            Batch = Math.Min(options.Batch, session.Task.Count),
            UpdatesPerEpoch = session.UpdatesPerEpoch,
            PlannedUpdates = session.UpdatesPerEpoch * (long)options.Epochs,
            Optimizer = options.Optimizer,
            LearningRate = options.LearningRate,
            Schedule = options.Schedule,
            Augment = options.Augment,
            LabelSmoothing = options.LabelSmoothing,
            ClipNorm = options.ClipNorm,
            Accumulation = options.Accumulation,
            Freeze = options.Freeze ?? "",
            ChanceLoss = session.Task.ChanceLoss,
        };
    }
}
