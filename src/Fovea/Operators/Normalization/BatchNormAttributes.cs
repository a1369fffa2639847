namespace Fovea;

/// <summary>What a batch normalization does, and an instance normalization, which in evaluation is one.</summary>
/// <param name="Dims">Spatial axes, 1 to 3; null for any number.</param>
/// <param name="Channels">Size of axis 1.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">Weight of the newest batch in the running statistics; null for the plain average over all
/// batches.</param>
/// <param name="Affine">Whether weight and bias are inputs 1 and 2.</param>
/// <param name="Running">Whether running mean, running variance and the number of batches follow as inputs.</param>
public sealed record BatchNormAttributes(
    int? Dims,
    int Channels,
    double Epsilon = 1e-5,
    double? Momentum = 0.1,
    bool Affine = true,
    bool Running = true
) : OperatorAttributes
{
    /// <summary>Whether statistics are taken of the batch, or with <see cref="IsInstance"/> of each item.</summary>
    public bool Training { get; init; }

    /// <summary>Whether it is an instance normalization.</summary>
    public bool IsInstance { get; init; }

    /// <summary>Whether the output is rectified.</summary>
    internal bool Relu { get; init; }

    /// <summary>Whether the last input is added before the ReLU; needs <see cref="Relu"/>.</summary>
    internal bool Residual { get; init; }

    /// <summary>The operator's name, e.g. <c>BatchNorm2d</c>.</summary>
    internal string Name =>
        $"{(IsInstance ? "Instance" : "Batch")}Norm{(Relu ? "Relu" : "")}{(Dims is { } dims ? $"{dims}d" : "")}";

    /// <summary>The inputs accepted, by their number of axes.</summary>
    internal IReadOnlyDictionary<int, string> Layouts => NormalizationLayouts.Of(Dims, allowsPlain: !IsInstance);

    /// <summary>Whether the statistics are the batch's: in training, and without running ones in either case.</summary>
    internal bool UsesBatch => Training || !Running;

    /// <summary>Index of the running mean among the inputs.</summary>
    internal int RunningIndex => Affine ? 3 : 1;

    /// <summary>Index of the tensor added before the ReLU.</summary>
    internal int ResidualIndex => RunningIndex + (Running ? 3 : 0);
}
