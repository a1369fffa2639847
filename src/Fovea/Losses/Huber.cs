using Fovea.Kernels;

namespace Fovea.Losses;

/// <summary>d² / 2 for differences d up to delta, delta (|d| - delta / 2) beyond: squared near the target, linear for
/// outliers. Both of one shape.</summary>
/// <remarks>Huber: Robust estimation of a location parameter, 1964.</remarks>
/// <param name="delta">Where it turns linear, above 0.</param>
/// <exception cref="ArgumentException"><paramref name="delta"/> is not above 0.</exception>
public sealed class Huber(double delta = 1.0) : Loss
{
    /// <summary>Where it turns linear.</summary>
    public double Delta { get; } = ActivationOption.Positive("Huber", "delta", delta);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        RequireSameShape(prediction, target);
        return Reduce(new Elementwise<HuberFunction>(Name, new(Delta)).Apply(prediction - target));
    }
}
