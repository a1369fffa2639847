namespace Fovea.Kernels;

/// <summary>Which algorithm a convolution takes, and why.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Cycles">Its time by the model, for all items.</param>
/// <param name="WorkspaceFloats">Floats of working memory that the caller gives each part of the work; 0 where the
/// kernel needs none or takes its own.</param>
internal readonly record struct AlgorithmChoice(
    ConvolutionAlgorithm Algorithm,
    string Reason,
    double Cycles,
    long WorkspaceFloats = 0
)
{
    /// <summary>Outputs along a side of a patch, where it is Winograd's algorithm.</summary>
    public int Side => Algorithm == ConvolutionAlgorithm.Winograd4 ? 4 : 2;

    /// <summary>Whether it is Winograd's algorithm.</summary>
    public bool IsWinograd => Algorithm is ConvolutionAlgorithm.Winograd2 or ConvolutionAlgorithm.Winograd4;

    /// <summary>Whether it is computed on tensors, where compiled execution must copy to them and back.</summary>
    public bool IsEager => Algorithm is ConvolutionAlgorithm.Reference or ConvolutionAlgorithm.Planes;

    /// <summary>The name people know it by.</summary>
    public string Name =>
        Algorithm switch
        {
            ConvolutionAlgorithm.Depthwise => "depthwise",
            ConvolutionAlgorithm.Direct => "direct",
            ConvolutionAlgorithm.Winograd2 or ConvolutionAlgorithm.Winograd4 => $"Winograd F({Side}x{Side}, 3x3)",
            _ => "eager",
        };
}
