namespace Fovea.Workbench;

/// <summary>What can be at fault in a training run, as the words of <see cref="Answer.Cause"/>.</summary>
/// <remarks>In the order in which causes explain: a cause found early silences the symptoms that it brings about later on the
/// list.</remarks>
public static class Cause
{
    /// <summary>Numbers that are not finite.</summary>
    public const string NonFinite = "non-finite";

    /// <summary>Labels that do not belong to their items.</summary>
    public const string ShuffledLabels = "shuffled-labels";

    /// <summary>Some labels are wrong.</summary>
    public const string LabelNoise = "label-noise";

    /// <summary>Items of the test part are known from training.</summary>
    public const string Leak = "leak";

    /// <summary>The parts have the classes in another order.</summary>
    public const string ClassOrder = "class-order";

    /// <summary>The parts are prepared differently.</summary>
    public const string PipelinesDiffer = "pipelines-differ";

    /// <summary>Values as fed are of an unusual scale.</summary>
    public const string DataScale = "data-scale";

    /// <summary>Axes or channels of the items are in another order than the network takes.</summary>
    public const string DataLayout = "data-layout";

    /// <summary>The input tells nothing, or the network does not use it.</summary>
    public const string InputUnused = "input-unused";

    /// <summary>Batches are not mixed.</summary>
    public const string Unshuffled = "unshuffled";

    /// <summary>The same few items are fed again and again.</summary>
    public const string RepeatedItems = "repeated-items";

    /// <summary>Items are not learned from, or some far more often.</summary>
    public const string ItemsMissed = "items-missed";

    /// <summary>Augmentation draws the same numbers each epoch.</summary>
    public const string RepeatedAugmentation = "repeated-augmentation";

    /// <summary>Augmentation takes away what tells the classes apart.</summary>
    public const string StrongAugmentation = "strong-augmentation";

    /// <summary>Classes of very different size.</summary>
    public const string Imbalance = "imbalance";

    /// <summary>Gradients of earlier updates were not cleared.</summary>
    public const string GradientsNotCleared = "gradients-not-cleared";

    /// <summary>Parameters that the optimizer was not given.</summary>
    public const string NotOptimized = "not-optimized";

    /// <summary>Parameters that the network does not know of, as they are made anew or not registered.</summary>
    public const string Unregistered = "unregistered";

    /// <summary>Parameters that are frozen.</summary>
    public const string Frozen = "frozen";

    /// <summary>Parameters that no gradient reaches.</summary>
    public const string Disconnected = "disconnected";

    /// <summary>Gradients that are not those of the loss.</summary>
    public const string WrongGradient = "wrong-gradient";

    /// <summary>An item's answer depends on the other items of its batch.</summary>
    public const string BatchMixing = "batch-mixing";

    /// <summary>Trained in evaluation mode.</summary>
    public const string EvaluationMode = "evaluation-mode";

    /// <summary>Evaluated in training mode.</summary>
    public const string TrainingMode = "training-mode";

    /// <summary>Measured with other weights than those that were trained.</summary>
    public const string OtherWeights = "other-weights";

    /// <summary>The loss sums where it should average, over items or accumulated batches.</summary>
    public const string LossScale = "loss-scale";

    /// <summary>Loss and targets meet in the wrong shape or axis.</summary>
    public const string LossShape = "loss-shape";

    /// <summary>A loss that is not for this kind of targets.</summary>
    public const string LossKind = "loss-kind";

    /// <summary>A last activation that the loss does not expect, or lacks.</summary>
    public const string OutputActivation = "output-activation";

    /// <summary>Another number of outputs than classes.</summary>
    public const string ClassCount = "class-count";

    /// <summary>A metric that is not for this kind of targets.</summary>
    public const string MetricKind = "metric-kind";

    /// <summary>Regularization that overwhelms the data.</summary>
    public const string OverRegularized = "over-regularized";

    /// <summary>Filters that start alike, so that they stay alike.</summary>
    public const string Symmetry = "symmetry";

    /// <summary>First values of the wrong scale.</summary>
    public const string FirstValues = "first-values";

    /// <summary>Gradients that fade on their way back.</summary>
    public const string Vanishing = "vanishing";

    /// <summary>Gradients or signals that grow out of bounds.</summary>
    public const string Exploding = "exploding";

    /// <summary>A learning rate that is too high.</summary>
    public const string RateTooHigh = "rate-too-high";

    /// <summary>A learning rate that is too low.</summary>
    public const string RateTooLow = "rate-too-low";

    /// <summary>A schedule that lowers the rate too early, or jumps.</summary>
    public const string Schedule = "schedule";

    /// <summary>Too few values a channel for batch statistics.</summary>
    public const string SmallBatchStatistics = "small-batch-statistics";

    /// <summary>Running statistics that do not follow the network.</summary>
    public const string RunningStatistics = "running-statistics";

    /// <summary>Units that are never above 0.</summary>
    public const string DeadUnits = "dead-units";

    /// <summary>Units at the flat ends of their activation function.</summary>
    public const string Saturation = "saturation";

    /// <summary>No activation function between layers, or one in the wrong place.</summary>
    public const string Activation = "activation";

    /// <summary>Layers stacked too deep without skips.</summary>
    public const string TooDeep = "too-deep";

    /// <summary>A receptive field that is too small, or spatial information lost.</summary>
    public const string ReceptiveField = "receptive-field";

    /// <summary>Training items are known by heart and others are not.</summary>
    public const string Overfitting = "overfitting";

    /// <summary>The network is too small for the data.</summary>
    public const string Underfitting = "underfitting";

    /// <summary>All of them, those that explain before those that they bring about.</summary>
    public static IReadOnlyList<string> InOrder { get; } =
    [
        NonFinite,
        ShuffledLabels,
        LabelNoise,
        Leak,
        ClassOrder,
        PipelinesDiffer,
        DataScale,
        DataLayout,
        InputUnused,
        Unshuffled,
        RepeatedItems,
        ItemsMissed,
        RepeatedAugmentation,
        StrongAugmentation,
        Imbalance,
        GradientsNotCleared,
        NotOptimized,
        Unregistered,
        Frozen,
        Disconnected,
        WrongGradient,
        BatchMixing,
        EvaluationMode,
        TrainingMode,
        OtherWeights,
        LossScale,
        LossShape,
        LossKind,
        OutputActivation,
        ClassCount,
        MetricKind,
        OverRegularized,
        Symmetry,
        FirstValues,
        Vanishing,
        Exploding,
        RateTooHigh,
        RateTooLow,
        Schedule,
        SmallBatchStatistics,
        RunningStatistics,
        DeadUnits,
        Saturation,
        Activation,
        TooDeep,
        ReceptiveField,
        Overfitting,
        Underfitting,
    ];
}
