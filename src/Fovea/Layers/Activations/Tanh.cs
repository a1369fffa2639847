using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: the hyperbolic tangent. Any shape in, the same out.</summary>
/// <remarks>LeCun et al.: Efficient backprop, 1998.</remarks>
public sealed class Tanh : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<TanhFunction>("Tanh", default) { Owner = this }.Apply(x);
}
