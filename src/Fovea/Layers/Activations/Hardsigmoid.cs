using Fovea.Kernels;

namespace Fovea;

/// <summary>Activation: min(max(x + 3, 0), 6) / 6. Any shape in, the same out.</summary>
/// <remarks>Howard et al.: Searching for MobileNetV3, ICCV 2019.</remarks>
public sealed class Hardsigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        new Elementwise<HardsigmoidFunction>("Hardsigmoid", default) { Owner = this }.Apply(x);
}
