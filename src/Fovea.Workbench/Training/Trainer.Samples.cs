using Fovea.Data;

namespace Fovea.Workbench;

/// <content>Networks of several tensors.</content>
public static partial class Trainer
{
    /// <summary>Trains a network of several inputs or outputs, from the weights it has, on samples of several
    /// tensors.</summary>
    /// <param name="model">Takes the inputs of a batch of samples. It holds the best epoch's weights when training finished,
    /// else the newest.</param>
    /// <param name="data">The samples.</param>
    /// <param name="options">Every choice but <see cref="TrainingOptions.Augment"/> and
    /// <see cref="TrainingOptions.LabelSmoothing"/>, which are for labelled items. The epoch with the lowest loss on the
    /// held-out part is the best.</param>
    /// <param name="loss">From all outputs and all targets of a batch to its mean loss, one number.</param>
    /// <param name="metrics">What else to measure: on the held-out part after each epoch, and on the test samples at the
    /// end. They decide nothing. Null for nothing.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">An option is out of range, unknown, or for labelled items; or two
    /// metrics have one name.</exception>
    /// <exception cref="IOException">The run folder or a checkpoint cannot be written.</exception>
    /// <exception cref="ShapeException">The samples do not fit the network or a metric, or the loss is no single
    /// number.</exception>
    public static TrainingResult Fit(
        Module model,
        SampleSource data,
        TrainingOptions options,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        IReadOnlyList<Metric>? metrics = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    ) =>
        RunStart.Train(
            PreparedRun.Of(model, data, options, new SampleLoss(loss), metrics),
            null,
            options.Out,
            observer ?? TrainingObserver.Of(),
            TimeProvider.System,
            null,
            cancel
        );

    /// <summary>Continues a run of
    /// <see cref="Fit(Module, SampleSource, TrainingOptions, Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Metric}?, TrainingObserver?, CancellationToken)"/>
    /// from its newest checkpoint, to the same bits as without the interruption.</summary>
    /// <param name="model">A module built as for the first part.</param>
    /// <param name="data">The same samples.</param>
    /// <param name="options">The same choices; <see cref="TrainingOptions.Out"/> is the run folder.</param>
    /// <param name="loss">The same loss.</param>
    /// <param name="metrics">What else to measure; null for nothing.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">Model, data or options are others than the run's; the message lists the
    /// differences.</exception>
    /// <exception cref="IOException">The folder is no run, is in use, or its checkpoints cannot be read.</exception>
    /// <exception cref="ShapeException">The checkpoint's tensors are not those of the model.</exception>
    public static TrainingResult ResumeFit(
        Module model,
        SampleSource data,
        TrainingOptions options,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        IReadOnlyList<Metric>? metrics = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    ) => ResumeFit(PreparedRun.Of(model, data, options, new SampleLoss(loss), metrics), observer, cancel);

    /// <summary>Trains a network, from the weights it has, on samples whose first target a loss compares with its first
    /// output: regression, several labels an item, labels of pixels.</summary>
    /// <param name="model">Takes the inputs of a batch of samples. It holds the best epoch's weights when training finished,
    /// else the newest.</param>
    /// <param name="data">The samples.</param>
    /// <param name="options">As for a loss of the user's own.</param>
    /// <param name="loss">Reduced to one number. Batches of an update, an epoch or a measurement weigh by
    /// <see cref="Loss.Divisor"/>, so that ignored labels and weights count as in one batch of all.</param>
    /// <param name="metrics">What else to measure: on the held-out part after each epoch, and on the test samples at the
    /// end. They decide nothing. Null for nothing.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">An option is out of range, unknown, or for labelled items; or two metrics have
    /// one name.</exception>
    /// <exception cref="IOException">The run folder or a checkpoint cannot be written.</exception>
    /// <exception cref="ShapeException">The samples do not fit the network, the loss or a metric.</exception>
    public static TrainingResult Fit(
        Module model,
        SampleSource data,
        TrainingOptions options,
        Loss loss,
        IReadOnlyList<Metric>? metrics = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        return RunStart.Train(
            PreparedRun.Of(model, data, options, new SampleLoss(loss), metrics),
            null,
            options.Out,
            observer ?? TrainingObserver.Of(),
            TimeProvider.System,
            null,
            cancel
        );
    }

    /// <summary>Continues a run of
    /// <see cref="Fit(Module, SampleSource, TrainingOptions, Loss, IReadOnlyList{Metric}?, TrainingObserver?, CancellationToken)"/>
    /// from its newest checkpoint, to the same bits as without the interruption.</summary>
    /// <param name="model">A module built as for the first part.</param>
    /// <param name="data">The same samples.</param>
    /// <param name="options">The same choices; <see cref="TrainingOptions.Out"/> is the run folder.</param>
    /// <param name="loss">The same loss.</param>
    /// <param name="metrics">What else to measure; null for nothing.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">Model, data or options are others than the run's; the message lists the
    /// differences.</exception>
    /// <exception cref="IOException">The folder is no run, is in use, or its checkpoints cannot be read.</exception>
    /// <exception cref="ShapeException">The checkpoint's tensors are not those of the model.</exception>
    public static TrainingResult ResumeFit(
        Module model,
        SampleSource data,
        TrainingOptions options,
        Loss loss,
        IReadOnlyList<Metric>? metrics = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    ) => ResumeFit(PreparedRun.Of(model, data, options, new SampleLoss(loss), metrics), observer, cancel);

    private static TrainingResult ResumeFit(PreparedRun run, TrainingObserver? observer, CancellationToken cancel)
    {
        observer ??= TrainingObserver.Of();
        TrainingOptions options = run.Session.Options;
        string path =
            options.Out
            ?? throw new ArgumentException("Trainer.ResumeFit: options.Out must be the run folder, got null.");
        RunFolder folder = RunFolder.Open(path);
        using RunLock held = RunLock.Take(path, observer.Notice);
        Checkpoint checkpoint = RunContinuation.Newest(folder, observer.Notice);
        RunContinuation.RequireSame(path, checkpoint, run.Data, run.ModelText, _ => options);
        return RunContinuation.Train(run, folder, checkpoint, observer, cancel);
    }
}
