using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: x where positive, alpha (exp(x) - 1) elsewhere. Any shape in, the same out.</summary>
/// <remarks>Clevert, Unterthiner, Hochreiter: Fast and accurate deep network learning by exponential linear units, ICLR
/// 2016.</remarks>
/// <param name="alpha">The limit for large negative x is -alpha; above 0.</param>
/// <exception cref="ArgumentException"><paramref name="alpha"/> is not above 0.</exception>
public sealed class ELU(double alpha = 1.0) : Module
{
    /// <summary>The limit for large negative x is -alpha; above 0.</summary>
    public double Alpha { get; } = ActivationOption.Positive("ELU", "alpha", alpha);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<ExponentialUnitFunction>("ELU", new(1.0, Alpha, 1.0)) { Owner = this }.Apply(x);
}
