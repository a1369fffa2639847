namespace Fovea.Workbench;

/// <summary>Tells an observer how far a stage is.</summary>
internal sealed class StageProgress : IProgress<long>, IProgress<double>
{
    private readonly TrainingObserver _observer;
    private readonly TrainingStage _stage;
    private readonly long _items;

    /// <summary>Tells that the stage begins.</summary>
    /// <param name="observer">Who hears it.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="items">How many items there are to measure, where items are reported.</param>
    public StageProgress(TrainingObserver observer, TrainingStage stage, long items = 1)
    {
        (_observer, _stage, _items) = (observer, stage, Math.Max(1, items));
        observer.Advanced(stage, 0);
    }

    /// <summary>Items measured so far.</summary>
    public void Report(long value) => Report((double)value / _items);

    /// <summary>The share done so far.</summary>
    public void Report(double value) => _observer.Advanced(_stage, Math.Clamp(value, 0, 1));
}
