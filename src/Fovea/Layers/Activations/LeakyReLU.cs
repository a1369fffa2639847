using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: x where positive, slope x elsewhere. Any shape in, the same out.</summary>
/// <remarks>Maas, Hannun, Ng: Rectifier nonlinearities improve neural network acoustic models, ICML workshop
/// 2013.</remarks>
/// <param name="slope">Slope for negative x.</param>
public sealed class LeakyReLU(double slope = 0.01) : Module
{
    /// <summary>Slope for negative x.</summary>
    public double Slope { get; } = slope;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<LeakyReluFunction>("LeakyReLU", new(Slope)) { Owner = this }.Apply(x);
}
