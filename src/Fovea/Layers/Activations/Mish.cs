using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: x tanh(ln(1 + exp(x))). Any shape in, the same out.</summary>
/// <remarks>Misra: Mish: a self regularized non-monotonic activation function, BMVC 2020.</remarks>
public sealed class Mish : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<MishFunction>("Mish", default) { Owner = this }.Apply(x);
}
