using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: x times the probability that a standard normal value is below x, x erfc(-x / sqrt(2)) / 2. Any
/// shape in, the same out.</summary>
/// <remarks>Hendrycks and Gimpel: Gaussian error linear units, 2016.</remarks>
/// <param name="tanh">Use the approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))) / 2, off by at most
/// 5e-4.</param>
public sealed class GELU(bool tanh = false) : Module
{
    /// <summary>Whether the approximation by tanh is used.</summary>
    public bool IsApproximate { get; } = tanh;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        IsApproximate
            ? new Elementwise<GeluTanhFunction>("GELU", default) { Owner = this }.Apply(x)
            : new Elementwise<GeluFunction>("GELU", default) { Owner = this }.Apply(x);
}
