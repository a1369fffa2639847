using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: 1 / (1 + exp(-x)). Any shape in, the same out.</summary>
/// <remarks>The logistic function.</remarks>
public sealed class Sigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<SigmoidFunction>("Sigmoid", default) { Owner = this }.Apply(x);
}
