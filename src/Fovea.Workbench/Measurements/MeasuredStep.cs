namespace Fovea.Workbench;

/// <summary>A line of <c>measurements/steps.jsonl</c>: some updates of training. Means run over the updates since the line
/// before; arrays are those of its last update.</summary>
public sealed record MeasuredStep
{
    /// <summary>Number of its last update, from 0.</summary>
    public required long Step { get; init; }

    /// <summary>Updates that it covers, 1 or more.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Mean loss.</summary>
    public double Loss { get; init; }

    /// <summary>Lowest loss.</summary>
    public double LossLow { get; init; }

    /// <summary>Highest loss.</summary>
    public double LossHigh { get; init; }

    /// <summary>Share of the items predicted right, 0-1; null where nothing is right or wrong.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Learning rate of the last update.</summary>
    public double LearningRate { get; init; }

    /// <summary>Mean norm of the whole gradient, before clipping.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Highest norm.</summary>
    public double GradientNormHigh { get; init; }

    /// <summary>Mean squared norm of the gradient; null where it was not measured.</summary>
    public double? SquaredNorm { get; init; }

    /// <summary>Mean inner product of a gradient with that of the update before; null where it was not measured.</summary>
    public double? LagProduct { get; init; }

    /// <summary>Mean cosine of a gradient with that of the update before; null where it was not measured.</summary>
    public double? LagCosine { get; init; }

    /// <summary>Share of the updates whose gradient was clipped, 0-1.</summary>
    public double Clipped { get; init; }

    /// <summary>Updates that added to the gradient of the update before, which was not cleared.</summary>
    public int Uncleared { get; init; }

    /// <summary>Batches whose gradient was cleared before the update that was to take it.</summary>
    public int Dropped { get; init; }

    /// <summary>Batches of the last update.</summary>
    public int Batches { get; init; } = 1;

    /// <summary>Updates before which the weights were others than the update before had left them, by
    /// half of their norm or more: nobody's step.</summary>
    public int Replaced { get; init; }

    /// <summary>Updates that took, to the bit, the gradient that Backward had left in an earlier one; of loops written by
    /// hand.</summary>
    public int Late { get; init; }

    /// <summary>By how many updates those gradients were late, at most.</summary>
    public int LateBy { get; init; }

    /// <summary>Updates before which running statistics were others than the update before had left; of loops written by
    /// hand.</summary>
    public int StatisticsMoved { get; init; }

    /// <summary>The share of a sampled update's change of the weights that was taken back before the next one, 0 where nothing
    /// touched them; null where it was not measured, as by the trainer.</summary>
    public double? Undone { get; init; }

    /// <summary>Layers that were in evaluation in the last update although they behave differently in training: dropouts and
    /// normalizations by the batch that are not frozen with their state.</summary>
    public int InEvaluation { get; init; }

    /// <summary>Cosine of the gradient of the first batch with that of the loss as traced; null where signals were not
    /// measured. 1 but for rounding, unless the gradient was changed or is that of something else.</summary>
    public double? GradientCosine { get; init; }

    /// <summary>Norm of the gradient of the first batch over that of the mean loss as traced: 1, or 1 over the number of
    /// batches of an update.</summary>
    public double? GradientScale { get; init; }

    /// <summary>The loss of the first batch as traced; null where signals were not measured. It differs from the loss where
    /// the network does other things in each call.</summary>
    public double? TracedLoss { get; init; }

    /// <summary>The loss of the first batch; null where signals were not measured.</summary>
    public double? FirstLoss { get; init; }

    /// <summary>Mean entropy of the labels of a batch, in nats; null where items have no class.</summary>
    public double? LabelEntropy { get; init; }

    /// <summary>Items learned from.</summary>
    public int Items { get; init; }

    /// <summary>Values at the points that are no finite numbers, in the last update.</summary>
    public long NonFinite { get; init; }

    /// <summary>By point: mean square of the signal. Null where signals were not measured in this update, as with every
    /// array below.</summary>
    public IReadOnlyList<double>? Power { get; init; }

    /// <summary>By point: mean of the signal.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>By point: mean square of the gradient of the mean loss of the batch; NaN where none comes.</summary>
    public IReadOnlyList<double>? GradientPower { get; init; }

    /// <summary>By point: share of values that are 0 exactly; of activations alone, else NaN.</summary>
    public IReadOnlyList<double>? Zeros { get; init; }

    /// <summary>By point: units that gave nothing above 0 in the whole batch; of activations alone, else -1.</summary>
    public IReadOnlyList<int>? Silent { get; init; }

    /// <summary>By point: share of values where the slope of the activation function is below a twentieth of its largest; of
    /// activations that bend alone (sigmoid, tanh and their like), else NaN.</summary>
    public IReadOnlyList<double>? Saturated { get; init; }

    /// <summary>By parameter: norm, before the update.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>By parameter: norm of its gradient, as the optimizer took it; NaN where there is none.</summary>
    public IReadOnlyList<double>? Gradients { get; init; }

    /// <summary>By parameter: cosine of its gradient, as the optimizer took it, with that which Backward left; NaN where there
    /// is none. 1 where nothing, or clipping alone, came between.</summary>
    public IReadOnlyList<double>? GradientTurns { get; init; }

    /// <summary>By parameter: norm of its change in the update.</summary>
    public IReadOnlyList<double>? Updates { get; init; }

    /// <summary>By batch normalization: mean over channels of (running mean - mean of the batch) squared over the variance
    /// of the batch.</summary>
    public IReadOnlyList<double>? MeanDrift { get; init; }

    /// <summary>By batch normalization: mean over channels of the logarithm of running variance over variance of the
    /// batch.</summary>
    public IReadOnlyList<double>? VarianceDrift { get; init; }
}
