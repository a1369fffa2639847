namespace Fovea.Workbench;

/// <summary>What training is about to do.</summary>
/// <param name="Model">The model as text, or its type's name.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Parameters">Learned values.</param>
/// <param name="TrainItems">Items to learn from.</param>
/// <param name="ValidationItems">Items held out to choose the best epoch.</param>
/// <param name="BatchesPerEpoch">Batches an epoch.</param>
/// <param name="Options">Every choice.</param>
/// <param name="Folder">The run folder; null where nothing is kept.</param>
/// <param name="FirstEpoch">Epochs already done; above 0 when resumed.</param>
public sealed record TrainingPlan(
    string Model,
    string Data,
    long Parameters,
    int TrainItems,
    int ValidationItems,
    int BatchesPerEpoch,
    TrainingOptions Options,
    string? Folder,
    int FirstEpoch
)
{
    /// <summary>Batches already done of the first epoch; above 0 when resumed within one.</summary>
    public int FirstBatch { get; init; }
}

/// <summary>How far training is, within an epoch.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Batch">Batches done of this epoch.</param>
/// <param name="Batches">Batches an epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="Accuracy">Accuracy of this epoch so far, fraction 0-1; null where nothing is right or wrong.</param>
/// <param name="ItemsPerSecond">Speed since training started here.</param>
/// <param name="Remaining">Time left at that speed.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Loss,
    double? Accuracy,
    double ItemsPerSecond,
    TimeSpan Remaining
)
{
    /// <summary>The learning rate of the last update.</summary>
    public double LearningRate { get; init; }

    /// <summary>Time left of the epoch's batches at that speed.</summary>
    public TimeSpan EpochRemaining { get; init; }
}

/// <summary>What a training run does besides learning.</summary>
public enum TrainingStage
{
    /// <summary>The check before training that a few items can be learned by heart.</summary>
    Preflight,

    /// <summary>Measuring the held-out items after an epoch.</summary>
    Validation,

    /// <summary>Measuring the test items at the end.</summary>
    Test,

    /// <summary>Trying what answers would be surer with, on a copy.</summary>
    Probe,

    /// <summary>The range test of learning rates before training.</summary>
    RateTest,
}

/// <summary>Hears what happens in a training run; override what interests you. All calls come from the training
/// thread.</summary>
public abstract class TrainingObserver
{
    /// <summary>Training is about to start.</summary>
    /// <param name="plan">What it is about to do.</param>
    public virtual void Started(TrainingPlan plan) { }

    /// <summary>Something the user should know: a warning, a recovery.</summary>
    /// <param name="text">One or two sentences.</param>
    public virtual void Notice(string text) { }

    /// <summary>The gradients of an update are complete (clipped, where clipping is on), the update not yet made. They
    /// may be read, not changed.</summary>
    /// <param name="model">The network.</param>
    /// <param name="update">The number of the update, from 0.</param>
    public virtual void GradientsReady(Module model, long update) { }

    /// <summary>A batch is done.</summary>
    /// <param name="progress">How far training is.</param>
    public virtual void Progressed(TrainingProgress progress) { }

    /// <summary>A stage besides learning has begun or gone on.</summary>
    /// <param name="stage">Which.</param>
    /// <param name="share">How much of it is done, 0 to 1.</param>
    public virtual void Advanced(TrainingStage stage, double share) { }

    /// <summary>An epoch is done and measured.</summary>
    /// <param name="metrics">What was measured.</param>
    /// <param name="isBest">Whether it is the best so far.</param>
    public virtual void EpochEnded(Metrics metrics, bool isBest) { }

    /// <summary>A fault was found, with confidence and for the first time.</summary>
    /// <param name="answer">What is wrong, where, since when, and what to do.</param>
    public virtual void Found(Answer answer) { }

    /// <summary>An update was measured, or the means of several.</summary>
    /// <param name="run">What is measured: names for the arrays.</param>
    /// <param name="step">What was measured.</param>
    public virtual void StepMeasured(MeasuredRun run, MeasuredStep step) { }

    /// <summary>An epoch was measured; before <see cref="EpochEnded"/>.</summary>
    /// <param name="run">What is measured: names for the arrays.</param>
    /// <param name="epoch">What was measured.</param>
    public virtual void EpochMeasured(MeasuredRun run, MeasuredEpoch epoch) { }

    /// <summary>A probe was tried.</summary>
    /// <param name="probe">A line of what came of it.</param>
    public virtual void ProbeTried(MeasuredProbe probe) { }

    /// <summary>An observer that passes everything on to several, in order.</summary>
    /// <param name="observers">Who hears it.</param>
    public static TrainingObserver Of(params IReadOnlyList<TrainingObserver> observers)
    {
        ArgumentNullException.ThrowIfNull(observers);
        return new ObserverGroup(observers);
    }
}
