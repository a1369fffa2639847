using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: max(x, 0). The gradient at 0 is 0. Any shape in, the same out.</summary>
/// <remarks>Nair and Hinton: Rectified linear units improve restricted Boltzmann machines, ICML 2010.</remarks>
public sealed class ReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<ReluFunction>("ReLU", default) { Owner = this }.Apply(x);
}
