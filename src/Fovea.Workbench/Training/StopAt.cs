namespace Fovea.Workbench;

/// <summary>Passes everything on, and stops training after some updates.</summary>
/// <param name="inner">Hears what happens.</param>
/// <param name="updates">Updates since the start of the run.</param>
/// <param name="enough">Is cancelled then.</param>
internal sealed class StopAt(TrainingObserver inner, long updates, CancellationTokenSource enough) : TrainingObserver
{
    private long _updates;

    public override void Started(TrainingPlan plan) => inner.Started(plan);

    public override void Notice(string text) => inner.Notice(text);

    public override void Found(Answer answer) => inner.Found(answer);

    public override void Advanced(TrainingStage stage, double share) => inner.Advanced(stage, share);

    public override void StepMeasured(MeasuredRun run, MeasuredStep step) => inner.StepMeasured(run, step);

    public override void EpochMeasured(MeasuredRun run, MeasuredEpoch epoch) => inner.EpochMeasured(run, epoch);

    public override void ProbeTried(MeasuredProbe probe) => inner.ProbeTried(probe);

    public override void EpochEnded(Metrics metrics, bool isBest) => inner.EpochEnded(metrics, isBest);

    public override void GradientsReady(Module model, long update)
    {
        _updates = update + 1;
        inner.GradientsReady(model, update);
    }

    public override void Progressed(TrainingProgress progress)
    {
        inner.Progressed(progress);
        if (_updates >= updates)
        {
            enough.Cancel();
        }
    }
}
