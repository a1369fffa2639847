using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: 1.0507 times x where positive, 1.0507 times 1.6733 (exp(x) - 1) elsewhere: the constants that
/// keep mean 0 and variance 1. Any shape in, the same out.</summary>
/// <remarks>Klambauer et al.: Self-normalizing neural networks, NeurIPS 2017.</remarks>
public sealed class SELU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<ExponentialUnitFunction>(
            "SELU",
            new(1.0507009873554805, 1.0507009873554805 * 1.6732632423543772, 1.0)
        )
        {
            Owner = this,
        }.Apply(x);
}
