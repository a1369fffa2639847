namespace Fovea.Workbench;

/// <summary>A part of the data measured in evaluation, without augmentation.</summary>
/// <param name="Items">Items.</param>
/// <param name="Loss">Mean loss, without label smoothing.</param>
/// <param name="LossError">Standard error of the mean.</param>
/// <param name="Right">Items predicted right; null where nothing is right or wrong.</param>
public sealed record MeasuredPart(int Items, double Loss, double LossError, int? Right)
{
    /// <summary>By class: items; empty where items have no class.</summary>
    public IReadOnlyList<int> ClassItems { get; init; } = [];

    /// <summary>By class: items predicted right.</summary>
    public IReadOnlyList<int> ClassRight { get; init; } = [];

    /// <summary>By class: items predicted to be of it.</summary>
    public IReadOnlyList<int> ClassPredicted { get; init; } = [];
}

/// <summary>A line of <c>measurements/epochs.jsonl</c>: what was measured at the end of an epoch.</summary>
public sealed record MeasuredEpoch
{
    /// <summary>Epochs done, from 1; 0 before the first.</summary>
    public required int Epoch { get; init; }

    /// <summary>Updates done.</summary>
    public required long Step { get; init; }

    /// <summary>Mean loss of the epoch, with the weights as they changed; NaN before the first.</summary>
    public double RunningLoss { get; init; }

    /// <summary>The same items each time out of those learned from; null where none were measured.</summary>
    public MeasuredPart? Train { get; init; }

    /// <summary>All items held out; null without.</summary>
    public MeasuredPart? HeldOut { get; init; }

    /// <summary>Whether the network was in training while <see cref="HeldOut"/> was measured.</summary>
    public bool EvaluatedInTraining { get; init; }

    /// <summary>How far the weights that <see cref="HeldOut"/> and <see cref="Train"/> were measured with are from those that the last
    /// update left, over the norm of those; NaN where it is not known, as by the trainer.</summary>
    public double WeightsMoved { get; init; } = double.NaN;

    /// <summary>Mean loss of the items of <see cref="Train"/> as in training: statistics of the batch, units dropped; null
    /// where it was not measured.</summary>
    public double? TrainingModeLoss { get; init; }

    /// <summary>By point: units that gave nothing above 0 for any of <see cref="UnitItems"/> items; of activations alone,
    /// else -1.</summary>
    public IReadOnlyList<int> DeadUnits { get; init; } = [];

    /// <summary>Items behind <see cref="DeadUnits"/>.</summary>
    public int UnitItems { get; init; }

    /// <summary>By point: how many directions its channels use: e to the entropy of the shares of the singular values (Roy,
    /// Vetterli 2007) of their means over positions, of up to 128 of the items of <see cref="Train"/>, less the mean item; 0 where
    /// all items are the same there, NaN where there is one channel. Empty where it was not measured.</summary>
    public IReadOnlyList<double> EffectiveRank { get; init; } = [];

    /// <summary>By parameter: filters, along the first axis, that equal an earlier one of the same weight to the bit; of weights
    /// alone, else -1. Empty where they were not compared.</summary>
    public IReadOnlyList<int> AlikeFilters { get; init; } = [];

    /// <summary>Different items that were learned from in the epoch.</summary>
    public int ItemsSeen { get; init; }

    /// <summary>Items that came more than once in the epoch.</summary>
    public int ItemsRepeated { get; init; }

    /// <summary>Batches of the very items of an earlier batch of the epoch.</summary>
    public int BatchesRepeated { get; init; }

    /// <summary>Items whose values as fed were the same to the bit as in the epoch before.</summary>
    public int InputsRepeated { get; init; }

    /// <summary>Items whose label is another than in the epoch before; of labels that are classes.</summary>
    public int LabelsChanged { get; init; }

    /// <summary>Items whose values as fed were the same to the bit as those of another item of their batch.</summary>
    public int AlikeInBatch { get; init; }

    /// <summary>By class: items that were learned from in the epoch, each as often as it came; empty where items have no
    /// class.</summary>
    public IReadOnlyList<int> ClassItemsSeen { get; init; } = [];

    /// <summary>Mean entropy of the labels of a batch over that of all labels, 0-1; NaN where items have no class.</summary>
    public double LabelMix { get; init; } = double.NaN;

    /// <summary>Margins (score of the right class less the highest of the others), each the mean over the epochs so far, at
    /// the quantiles 1, 5, 25, 50, 75, 95 % of the items learned from; empty where items have no class.</summary>
    public IReadOnlyList<double> MarginQuantiles { get; init; } = [];

    /// <summary>Items learned from whose mean margin so far is below 0, worst first, at most 64.</summary>
    public IReadOnlyList<int> WorstItems { get; init; } = [];
}
