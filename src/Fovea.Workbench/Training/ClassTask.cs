using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Labelled items: one input, one score a class.</summary>
internal sealed class ClassTask : TrainingTask
{
    private static readonly CrossEntropy Plain = new();

    private readonly DataSource _data;
    private readonly IDataset _train;
    private readonly IDataset? _heldOut;
    private readonly Preprocessing _preprocessing;
    private readonly Augmentation _augmentation;
    private readonly Func<Tensor, Tensor, Tensor>? _ownLoss;
    private readonly CrossEntropy _entropy;
    private readonly int? _workers;

    public ClassTask(DataSource data, TrainingOptions options, Func<Tensor, Tensor, Tensor>? loss)
    {
        (_data, _ownLoss, _workers) = (data, loss, options.Workers);
        (_train, _heldOut) = HeldOutSplit.Of(data.Train, options.Validation, options.Seed);
        _preprocessing = Preprocessing.Fit(_train);
        _augmentation = Augmentation.Parse(options.Augment);
        _entropy = new CrossEntropy(labelSmoothing: options.LabelSmoothing);
    }

    public override string Name => _data.Name;

    public override int Count => _train.Count;

    public override int HeldOutCount => _heldOut?.Count ?? 0;

    public override int TestCount => _data.Test.Count;

    public override Preprocessing Preprocessing => _preprocessing;

    public override double? ChanceLoss => _ownLoss is null ? Math.Log(Classes) : null;

    public override bool HasPictures => _train.Sizing is not null;

    public override int Classes => _data.Train.Classes.Count;

    /// <inheritdoc/>
    public override double Divisor(IReadOnlyList<Tensor> outputs, Batch batch) =>
        Known?.Divisor(outputs[0], batch.Targets) ?? base.Divisor(outputs, batch);

    /// <inheritdoc/>
    public override bool IsSum => Known is { Reduction: LossReduction.Sum };

    /// <summary>The loss, where it is one of the library's or derived from it.</summary>
    private Loss? Known =>
        _ownLoss is null ? _entropy
        : _ownLoss.Method.Name == nameof(Fovea.Losses.Loss.Forward) ? _ownLoss.Target as Loss
        : null;

    public override Loader Load(LoaderOptions options, bool augment) =>
        new(
            _train,
            options with
            {
                Preprocessing = _preprocessing,
                Augmentation = augment ? _augmentation : null,
                Workers = _workers ?? Evaluator.Workers(_train),
            }
        );

    public override DataReport LookAtData() => DataLint.Of(_train, _heldOut, _data.Test, _preprocessing);

    public override Batch One() => new(Tensor.Zeros([1, .. _data.Train.ItemShape.Sizes]), Tensor.From([0L], [1]), [0]);

    public override void Check(IReadOnlyList<Tensor> outputs, Batch batch)
    {
        if (outputs.Count != 1)
        {
            throw new ShapeException(
                $"Network: labelled items need one output of class scores, the network gives {outputs.Count}. Fit it with samples and a loss of its outputs."
            );
        }

        Predictions.CheckScores(outputs[0], batch.Inputs, Classes);
    }

    public override IReadOnlyList<string> ClassNames => _data.Train.Classes;

    public override Tensor LossOf(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
        (_ownLoss ?? _entropy.Forward)(outputs[0], targets[0]);

    public override Tensor PlainLossOf(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
        (_ownLoss ?? Plain.Forward)(outputs[0], targets[0]);

    public override Loader? LoadHeldOut(int batch)
    {
        IDataset held = _heldOut ?? _data.Test;
        return held.Count == 0
            ? null
            : new Loader(
                held,
                new LoaderOptions
                {
                    BatchSize = Math.Min(batch, held.Count),
                    Preprocessing = _preprocessing,
                    Workers = 0,
                }
            );
    }

    public override int SourceIndex(int index) => _train.SourceIndex(index);

    public override int? Correct(IReadOnlyList<Tensor> outputs, Batch batch) =>
        Predictions.Highest(outputs[0]).Zip(Predictions.Labels(batch.Targets)).Count(p => p.First == p.Second);

    public override EvaluationResult? Validate(Module model, IProgress<long>? progress, CancellationToken cancel) =>
        _heldOut is null ? null : Evaluator.Run(model, _heldOut, _preprocessing, progress: progress, cancel: cancel);

    public override EvaluationResult Test(Module model, IProgress<long>? progress, CancellationToken cancel) =>
        Evaluator.RunCompiled(model, _data.Test, _preprocessing, progress, cancel);

    public override IReadOnlyList<ReportedItem> Mistakes(Module model, int searched, int most) =>
        _data.Test.Count == 0
            ? []
            : WorstItems.Find(
                model,
                _data.Test.Count <= searched
                    ? _data.Test
                    : new ItemSubset(_data.Test, [.. Enumerable.Range(0, searched)], _data.Test.Name),
                _preprocessing,
                most
            );
}
