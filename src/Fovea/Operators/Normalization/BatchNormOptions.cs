namespace Fovea;

/// <summary>What a batch normalization does besides normalizing.</summary>
/// <param name="Name">Name in messages, e.g. <c>BatchNorm2d</c>.</param>
/// <param name="Channels">Size of axis 1.</param>
/// <param name="Layouts">The inputs accepted, by their number of axes, e.g. <c>[N, C]</c>.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">Weight of the newest batch in the running statistics; null for the plain average over all
/// batches.</param>
/// <param name="Affine">Whether weight and bias are inputs 1 and 2.</param>
/// <param name="Running">Whether running mean, running variance and the number of batches follow as inputs.</param>
/// <param name="Relu">Whether the output is rectified.</param>
/// <param name="Residual">Whether the last input is added before the ReLU; needs <paramref name="Relu"/>.</param>
internal sealed record BatchNormOptions(
    string Name,
    int Channels,
    IReadOnlyDictionary<int, string> Layouts,
    double Epsilon,
    double? Momentum,
    bool Affine,
    bool Running,
    bool Relu = false,
    bool Residual = false
)
{
    /// <summary>Index of the running mean among the inputs.</summary>
    public int RunningIndex => Affine ? 3 : 1;

    /// <summary>Index of the tensor added before the ReLU.</summary>
    public int ResidualIndex => RunningIndex + (Running ? 3 : 0);

    /// <summary>The arguments that differ from the usual, as text.</summary>
    public List<OperatorOption> Words =>
        NormalizationRules.Options(
            Epsilon,
            Momentum,
            Affine,
            Running,
            usual: !Name.StartsWith("Instance", StringComparison.Ordinal)
        );
}
