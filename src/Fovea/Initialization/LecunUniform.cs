namespace Fovea.Initialization;

/// <summary>Uniform in ±sqrt(3 / fan in): keeps the variance of signals through linear layers, and what SELU networks
/// need.</summary>
/// <remarks>Variance 1 / fan in, as <see cref="Initializer.Fans"/>. LeCun, Bottou, Orr, Müller: Efficient backprop,
/// 1998; for SELU Klambauer et al. 2017.</remarks>
public sealed class LecunUniform : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FillUniform(tensor, rng, Variance(tensor.Shape));
    }

    /// <summary>1 / fan in.</summary>
    /// <param name="shape">A weight's shape.</param>
    public override double Variance(Shape shape) => 1.0 / Fans(shape).FanIn;

    /// <inheritdoc/>
    public override string ToString() => "LeCun uniform";
}
