namespace Fovea.Workbench;

/// <summary>Tells several observers, in order.</summary>
internal sealed class ObserverGroup(IReadOnlyList<TrainingObserver> observers) : TrainingObserver
{
    public override void Started(TrainingPlan plan) => Each(o => o.Started(plan));

    public override void Notice(string text) => Each(o => o.Notice(text));

    public override void GradientsReady(Module model, long update) => Each(o => o.GradientsReady(model, update));

    public override void Progressed(TrainingProgress progress) => Each(o => o.Progressed(progress));

    public override void Advanced(TrainingStage stage, double share) => Each(o => o.Advanced(stage, share));

    public override void EpochEnded(Metrics metrics, bool isBest) => Each(o => o.EpochEnded(metrics, isBest));

    public override void Found(Answer answer) => Each(o => o.Found(answer));

    public override void StepMeasured(MeasuredRun run, MeasuredStep step) => Each(o => o.StepMeasured(run, step));

    public override void EpochMeasured(MeasuredRun run, MeasuredEpoch epoch) => Each(o => o.EpochMeasured(run, epoch));

    public override void ProbeTried(MeasuredProbe probe) => Each(o => o.ProbeTried(probe));

    private void Each(Action<TrainingObserver> tell)
    {
        foreach (TrainingObserver observer in observers)
        {
            tell(observer);
        }
    }
}
