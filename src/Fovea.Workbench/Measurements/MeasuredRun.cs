namespace Fovea.Workbench;

/// <summary>What a point of a network is.</summary>
public enum PointKind
{
    /// <summary>An input of the network.</summary>
    Input,

    /// <summary>What filters compute: a convolution or a linear layer.</summary>
    Filters,

    /// <summary>What a normalization makes of it.</summary>
    Normalization,

    /// <summary>What an activation function makes of it.</summary>
    Activation,

    /// <summary>The end of a skip connection.</summary>
    Sum,

    /// <summary>An output of the network that is none of the others.</summary>
    Output,
}

/// <summary>A place in a network where signals are measured.</summary>
/// <param name="Name">The node's name, as <c>fovea inspect</c> shows it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Operator">The operator's name, e.g. <c>relu</c>; <c>input</c> for an input.</param>
/// <param name="Layer">The point of the filters that its signal last came through, as a place in
/// <see cref="MeasuredRun.Points"/>; its own for filters, -1 where there are none.</param>
/// <param name="Units">Channels.</param>
/// <param name="Positions">Positions of a channel in an item; 1 without spatial axes.</param>
/// <param name="From">The points that it is computed from, as places in <see cref="MeasuredRun.Points"/>.</param>
/// <param name="IsOutput">Whether it is an output of the network.</param>
/// <param name="PredictedPower">Mean square that structure predicts at the first step from data of mean 0 and variance 1;
/// null where a rule is missing.</param>
/// <param name="PredictedGradient">Mean square of the gradient that structure predicts, over that of an element of the
/// output; null where a rule is missing.</param>
public sealed record MeasuredPoint(
    string Name,
    PointKind Kind,
    string Operator,
    int Layer,
    int Units,
    int Positions,
    IReadOnlyList<int> From,
    bool IsOutput,
    double? PredictedPower,
    double? PredictedGradient
);

/// <summary>A parameter whose norms are measured.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Layer">Its layer, as a place in <see cref="MeasuredRun.Points"/>; -1 where none is known.</param>
/// <param name="Count">Values.</param>
/// <param name="IsWeight">Whether it is a weight: no bias, scale or shift.</param>
/// <param name="IsTrainable">Whether it is not frozen.</param>
/// <param name="IsOptimized">Whether the optimizer was given it.</param>
/// <param name="IsReached">Whether the network's outputs depend on it.</param>
/// <param name="IsNormalized">Whether a normalization follows, so that its scale has no effect on the outputs.</param>
/// <param name="WeightDecay">Decay of its group, 0 for none.</param>
/// <param name="LearningRateScale">Factor of its group on the learning rate.</param>
public sealed record MeasuredParameter(
    string Name,
    int Layer,
    long Count,
    bool IsWeight,
    bool IsTrainable,
    bool IsOptimized,
    bool IsReached,
    bool IsNormalized,
    double WeightDecay,
    double LearningRateScale
);

/// <summary>What was measured, and under which choices: <c>measurements/run.json</c>. Arrays of the other records follow
/// its lists.</summary>
public sealed record MeasuredRun
{
    /// <summary>The network as text, or its type's name.</summary>
    public required string Model { get; init; }

    /// <summary>What the data is called; empty where it is not known.</summary>
    public string Data { get; init; } = "";

    /// <summary>Class names; empty where items have no class.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Items learned from; 0 where that is not known.</summary>
    public int TrainItems { get; init; }

    /// <summary>Items held out; 0 without.</summary>
    public int HeldOutItems { get; init; }

    /// <summary>Items a batch.</summary>
    public int Batch { get; init; }

    /// <summary>Updates an epoch; 0 where that is not known.</summary>
    public int UpdatesPerEpoch { get; init; }

    /// <summary>Updates that were planned; 0 where that is not known.</summary>
    public long PlannedUpdates { get; init; }

    /// <summary>Optimizer as a word: <c>sgd</c>, <c>adam</c>, <c>adamw</c>, <c>rmsprop</c>, or a class's name.</summary>
    public required string Optimizer { get; init; }

    /// <summary>Momentum of SGD, beta1 of Adam and AdamW; 0 for none.</summary>
    public double Momentum { get; init; }

    /// <summary>Beta2 of Adam and AdamW; 0 for others.</summary>
    public double Beta2 { get; init; }

    /// <summary>Learning rate that the schedule scales.</summary>
    public double LearningRate { get; init; }

    /// <summary>Schedule as text; empty where that is not known.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>Augmentation as text, or <c>none</c>; empty where that is not known.</summary>
    public string Augment { get; init; } = "";

    /// <summary>Label smoothing, 0-1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Largest gradient norm; 0 for no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Batches an update.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Parts frozen by wish; empty for none.</summary>
    public string Freeze { get; init; } = "";

    /// <summary>Whether the network drops units at random while training.</summary>
    public bool DropsUnits { get; init; }

    /// <summary>The loss of a network that knows nothing; null where that is not known.</summary>
    public double? ChanceLoss { get; init; }

    /// <summary>Why no signals are measured: the network or its loss cannot be traced; empty where they are.</summary>
    public string Untraced { get; init; } = "";

    /// <summary>The points, in the order of execution.</summary>
    public IReadOnlyList<MeasuredPoint> Points { get; init; } = [];

    /// <summary>The parameters, in the network's order.</summary>
    public IReadOnlyList<MeasuredParameter> Parameters { get; init; } = [];

    /// <summary>By parameter: filters, along the first axis, that equal an earlier one to the bit before the first update; -1
    /// for what is no weight, or is 0 throughout. Empty where they were not compared.</summary>
    public IReadOnlyList<int> AlikeFilters { get; init; } = [];

    /// <summary>The batch normalizations with running statistics, by path.</summary>
    public IReadOnlyList<string> Normalizations { get; init; } = [];

    /// <summary>By batch normalization of <see cref="Normalizations"/>: the share of a batch in its running statistics, 0-1; 0 where
    /// they average all batches.</summary>
    public IReadOnlyList<double> NormalizationMomentum { get; init; } = [];
}
