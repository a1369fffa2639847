using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Samples of several tensors, with a loss of the user's own.</summary>
internal sealed class SampleTask : TrainingTask
{
    private readonly SampleSource _data;
    private readonly ISampleSet _train;
    private readonly ISampleSet? _heldOut;
    private readonly SampleLoss _loss;
    private readonly int? _workers;
    private readonly IReadOnlyList<Metric> _metrics;

    public SampleTask(SampleSource data, TrainingOptions options, SampleLoss loss, IReadOnlyList<Metric>? metrics)
    {
        (_data, _loss, _metrics, _workers) = (data, loss, metrics ?? [], options.Workers);
        if (options.Augment != TrainingOptions.None || options.LabelSmoothing > 0)
        {
            throw new ArgumentException(
                "Training: augment and label-smoothing are for labelled items; of samples, SampleSource.Augment and the loss decide."
            );
        }

        (_train, _heldOut) = HeldOutSplit.Of(data.Train, options.Validation, options.Seed);
    }

    public override string Name => _data.Name;

    public override int Count => _train.Count;

    public override int HeldOutCount => _heldOut?.Count ?? 0;

    public override int TestCount => _data.Test.Count;

    public override Loader Load(LoaderOptions options, bool augment) =>
        new(_train, options with { Workers = _workers ?? options.Workers }, augment ? _data.Augment : null);

    public override DataReport? LookAtData() => DataLint.Of(_train, _heldOut, _data.Test);

    public override Batch One() =>
        _train.Count > 0
            ? Load(new LoaderOptions { BatchSize = 1, Workers = 0 }, augment: false).Epoch(0).First()
            : throw new ArgumentException($"Training: {_data.Name} has no samples to learn from.");

    public override void Check(IReadOnlyList<Tensor> outputs, Batch batch)
    {
        if (outputs.Count == 0)
        {
            throw new ShapeException("Network: there must be one output or more, got none.");
        }
    }

    public override void CheckFit(IReadOnlyList<Tensor> outputs, Batch batch)
    {
        Check(outputs, batch);
        Loss(outputs, batch);
        MetricSet metrics = new(_metrics);
        metrics.Reset();
        metrics.Add(outputs, batch.AllTargets);
    }

    public override Tensor LossOf(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets)
    {
        Tensor loss = _loss.Forward(outputs, targets);
        return loss.Count == 1
            ? loss
            : throw new ShapeException(
                $"Training: the loss must be one number, got {loss.Shape} from outputs {Shapes(outputs)} and targets {Shapes(targets)}. End it with Mean()."
            );
    }

    public override Tensor PlainLossOf(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
        LossOf(outputs, targets);

    public override Loader? LoadHeldOut(int batch)
    {
        ISampleSet held = _heldOut ?? _data.Test;
        return held.Count == 0
            ? null
            : new Loader(held, new LoaderOptions { BatchSize = Math.Min(batch, held.Count), Workers = 0 });
    }

    /// <inheritdoc/>
    public override double Divisor(IReadOnlyList<Tensor> outputs, Batch batch) =>
        _loss.Divisor(outputs, batch.AllTargets, batch.Indices.Count);

    /// <inheritdoc/>
    public override bool IsSum => _loss.IsSum;

    public override int SourceIndex(int index) => _train is SampleSubset subset ? subset.SourceIndex(index) : index;

    public override int? Correct(IReadOnlyList<Tensor> outputs, Batch batch) => null;

    public override EvaluationResult? Validate(Module model, IProgress<long>? progress, CancellationToken cancel) =>
        _heldOut is null
            ? null
            : Evaluator.Measure(model, _heldOut, _loss, _metrics, Evaluator.DefaultBatch, progress, cancel);

    public override EvaluationResult Test(Module model, IProgress<long>? progress, CancellationToken cancel) =>
        Evaluator.Measure(model, _data.Test, _loss, _metrics, Evaluator.DefaultBatch, progress, cancel);

    private static string Shapes(IReadOnlyList<Tensor> tensors) => string.Join(", ", tensors.Select(t => t.Shape));
}
