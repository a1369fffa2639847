using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: x where positive, alpha (exp(x / alpha) - 1) elsewhere: differentiable at 0 for every alpha.
/// Any shape in, the same out.</summary>
/// <remarks>Barron: Continuously differentiable exponential linear units, 2017.</remarks>
/// <param name="alpha">The limit for large negative x is -alpha; above 0.</param>
/// <exception cref="ArgumentException"><paramref name="alpha"/> is not above 0.</exception>
public sealed class CELU(double alpha = 1.0) : Module
{
    /// <summary>The limit for large negative x is -alpha; above 0.</summary>
    public double Alpha { get; } = ActivationOption.Positive("CELU", "alpha", alpha);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<ExponentialUnitFunction>("CELU", new(1.0, Alpha, 1.0 / Alpha)) { Owner = this }.Apply(x);
}
