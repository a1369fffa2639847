using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: x / (1 + exp(-x)), also called swish. Any shape in, the same out.</summary>
/// <remarks>Elfwing, Uchibe, Doya: Sigmoid-weighted linear units, 2017.</remarks>
public sealed class SiLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<SiluFunction>("SiLU", default) { Owner = this }.Apply(x);
}
