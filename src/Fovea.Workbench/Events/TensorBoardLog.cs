namespace Fovea.Workbench;

/// <summary>Writes what happens in a training run to event files for TensorBoard: <c>train</c> and <c>validation</c> below a
/// folder, so that both share their charts.</summary>
/// <remarks>
/// <para>Curves: the loss and accuracy of the epoch so far, the learning rate and the items a second, up to 20 times an
/// epoch; on the held-out part, after each epoch, loss, accuracy and metrics. After each epoch, histograms of every
/// parameter and of its gradient at the last update, and the filters of the first convolution as an image. Of a run that is
/// watched what is measured as well: norm of the gradient, <c>slope/signal</c> and <c>slope/gradient</c> in decades of norm a layer,
/// and by layer <c>update_ratio</c>, <c>zero_share</c>, <c>silent_share</c>, <c>saturated_share</c>, <c>mean_drift</c>,
/// <c>variance_drift</c> and, by epoch, <c>dead_share</c>; of probes all values, as <c>probe/sharpness/s</c>. Steps are updates
/// done.</para>
/// <para>Where the folder has event files already, the run goes on: new files are begun, and what the earlier ones hold of
/// later steps is shown no more. It changes no bit of training. <see cref="TrainingOptions.Log"/> makes one.</para>
/// </remarks>
/// <param name="folder">The folder; created where missing.</param>
/// <param name="graph">The network's graph, to be drawn; null for none.</param>
/// <param name="time">Where times come from; the machine's where left out.</param>
public sealed class TensorBoardLog(string folder, Graph? graph = null, TimeProvider? time = null)
    : TrainingObserver,
        IDisposable
{
    private const int PointsPerEpoch = 20;
    private const string Files = "*tfevents*";

    private EventFile? _train;
    private EventFile? _validation;
    private Module? _model;
    private TrainingProgress? _progress;
    private long _updates;
    private int _batch;
    private bool _goesOn;

    /// <inheritdoc/>
    /// <exception cref="IOException">A file cannot be written. So with every other call.</exception>
    public override void Started(TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Dispose();
        string train = Path.Combine(folder, "train");
        _goesOn = Directory.Exists(train) && Directory.EnumerateFiles(train, Files).Any();
        _batch = plan.FirstBatch;
        _train = new EventFile(train, time);
        _validation = plan.ValidationItems > 0 ? new EventFile(Path.Combine(folder, "validation"), time) : null;
        if (graph is not null && !_goesOn)
        {
            _train.Graph(graph);
        }
    }

    /// <inheritdoc/>
    public override void GradientsReady(Module model, long update)
    {
        _model = model;
        _updates = update + 1;
        if (_goesOn)
        {
            _train?.Restarted(_updates);
            _validation?.Restarted(_updates);
            _goesOn = false;
        }
    }

    /// <inheritdoc/>
    public override void Progressed(TrainingProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        _progress = progress;
        long before = (long)_batch * PointsPerEpoch / progress.Batches,
            now = (long)progress.Batch * PointsPerEpoch / progress.Batches;
        _batch = progress.Batch % progress.Batches;
        if (now != before && _batch != 0) // the epoch's end writes its own
        {
            Write(progress.Loss, progress.Accuracy, progress.LearningRate, _updates);
        }
    }

    /// <inheritdoc/>
    public override void EpochEnded(Metrics metrics, bool isBest)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        Write(metrics.Loss, metrics.Accuracy, metrics.LearningRate, metrics.Step);
        WriteValidation(metrics);
        if (_model is not null)
        {
            WriteNetwork(_model, metrics.Step);
        }

        _train?.Flush();
        _validation?.Flush();
    }

    /// <inheritdoc/>
    public override void StepMeasured(MeasuredRun run, MeasuredStep step)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(step);
        Write(MeasuredScalars.Of(run, step), step.Step + 1);
    }

    /// <inheritdoc/>
    public override void EpochMeasured(MeasuredRun run, MeasuredEpoch epoch)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(epoch);
        Write(MeasuredScalars.Of(run, epoch), epoch.Step);
    }

    /// <inheritdoc/>
    public override void ProbeTried(MeasuredProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        Write(MeasuredScalars.Of(probe), probe.Step);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _train?.Dispose();
        _validation?.Dispose();
        (_train, _validation) = (null, null);
    }

    /// <summary>The log that a run's options ask for; null for none.</summary>
    /// <exception cref="ArgumentException">There is no run folder to write to.</exception>
    internal static TensorBoardLog? Of(TrainingSession session, string? folder) =>
        session.Options.Log == TrainingOptions.None ? null
        : folder is not null ? new TensorBoardLog(folder, session.Trace())
        : throw new ArgumentException(
            $"Training: log {session.Options.Log} writes into the run folder, and there is none. Set Out."
        );

    private void Write(IEnumerable<(string Tag, double Value)> values, long step)
    {
        foreach ((string tag, double value) in values)
        {
            Scalar(_train, tag, step, value);
        }
    }

    private void Write(double loss, double? accuracy, double learningRate, long step)
    {
        Scalar(_train, "loss", step, loss);
        Scalar(_train, "accuracy", step, accuracy);
        Scalar(_train, "learning_rate", step, learningRate);
        Scalar(_train, "items_per_second", step, _progress?.ItemsPerSecond);
    }

    private void WriteValidation(Metrics metrics)
    {
        Scalar(_validation, "loss", metrics.Step, metrics.ValidationLoss);
        Scalar(_validation, "accuracy", metrics.Step, metrics.ValidationAccuracy);
        foreach ((string name, double value) in metrics.ValidationMetrics ?? new Dictionary<string, double>())
        {
            Scalar(_validation, name, metrics.Step, value);
        }
    }

    private void WriteNetwork(Module model, long step)
    {
        foreach ((string path, Parameter parameter) in model.NamedParameters())
        {
            _train?.Histogram($"weights/{path}", step, parameter);
            if (parameter.Grad is { } gradient)
            {
                _train?.Histogram($"gradients/{path}", step, gradient);
            }
        }

        if (FilterImage.First(model) is (string convolution, Tensor weight))
        {
            _train?.Image($"filters/{convolution}", step, FilterImage.Of(weight));
        }
    }

    private static void Scalar(EventFile? file, string tag, long step, double? value)
    {
        if (value is { } number)
        {
            file?.Scalar(tag, step, number);
        }
    }
}
