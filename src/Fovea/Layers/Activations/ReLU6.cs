using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: min(max(x, 0), 6). The gradient at 0 and 6 is 0. Any shape in, the same out.</summary>
/// <remarks>Krizhevsky: Convolutional deep belief networks on CIFAR-10, 2010.</remarks>
public sealed class ReLU6 : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<Relu6Function>("ReLU6", default) { Owner = this }.Apply(x);
}
