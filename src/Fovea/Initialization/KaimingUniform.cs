using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Uniform in ±gain sqrt(3 / fan): keeps the second moment of signals (fan in) or gradients (fan out) through
/// layers of rectifiers.</summary>
/// <remarks>Variance gain² / fan, fans as <see cref="Initializer.Fans"/>. He et al., Delving deep into rectifiers,
/// 2015.</remarks>
public sealed class KaimingUniform : Initializer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="mode">Which fan.</param>
    /// <param name="nonlinearity">What follows the layer; gives the gain, see <see cref="Fovea.Initialization.Gain.Of"/>.</param>
    /// <param name="slope">The negative slope, for leaky ReLU only.</param>
    public KaimingUniform(
        FanMode mode = FanMode.FanIn,
        Nonlinearity nonlinearity = Nonlinearity.ReLU,
        double slope = 0.01
    )
    {
        Mode = mode;
        Gain = Fovea.Initialization.Gain.Of(nonlinearity, slope);
    }

    /// <summary>Which fan.</summary>
    public FanMode Mode { get; }

    /// <summary>The factor on the values.</summary>
    public double Gain { get; }

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FillUniform(tensor, rng, Variance(tensor.Shape));
    }

    /// <summary>gain² / fan.</summary>
    /// <param name="shape">A weight's shape.</param>
    public override double Variance(Shape shape)
    {
        (long fanIn, long fanOut) = Fans(shape);
        return Gain * Gain / (Mode == FanMode.FanIn ? fanIn : fanOut);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Kaiming uniform, {(Mode == FanMode.FanIn ? "fan in" : "fan out")}, gain {Gain:G4}"
        );
}
