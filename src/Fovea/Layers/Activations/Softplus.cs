using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: ln(1 + exp(beta x)) / beta, a smooth ReLU. Any shape in, the same out.</summary>
/// <remarks>Dugas et al.: Incorporating second-order functional knowledge, NeurIPS 2001.</remarks>
/// <param name="beta">Sharpness, above 0.</param>
/// <param name="threshold">Where beta x exceeds it, x itself is returned.</param>
/// <exception cref="ArgumentException"><paramref name="beta"/> is not above 0.</exception>
public sealed class Softplus(double beta = 1.0, double threshold = 20.0) : Module
{
    /// <summary>Sharpness, above 0.</summary>
    public double Beta { get; } = ActivationOption.Positive("Softplus", "beta", beta);

    /// <summary>Where beta x exceeds it, x itself is returned.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<SoftplusFunction>("Softplus", new(Beta, Threshold)) { Owner = this }.Apply(x);
}
