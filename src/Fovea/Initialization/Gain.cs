namespace Fovea.Initialization;

/// <summary>The nonlinearity that follows a layer; decides the <see cref="Gain"/> of its first weights.</summary>
public enum Nonlinearity
{
    /// <summary>None.</summary>
    Linear,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>x where positive, slope * x where negative.</summary>
    LeakyReLU,

    /// <summary>The scaled exponential unit (Klambauer et al. 2017).</summary>
    SELU,
}

/// <summary>The factor by which first weights are made larger so that a nonlinearity does not shrink the
/// signal.</summary>
public static class Gain
{
    /// <summary>The gain of a nonlinearity, as PyTorch's <c>calculate_gain</c>: linear and sigmoid 1, tanh 5/3, ReLU
    /// sqrt(2), leaky ReLU sqrt(2 / (1 + slope²)), SELU 3/4.</summary>
    /// <param name="nonlinearity">What follows the layer.</param>
    /// <param name="slope">The negative slope, for leaky ReLU only.</param>
    /// <remarks>
    /// ReLU and leaky ReLU keep the second moment exactly (He et al., Delving deep into rectifiers, 2015); the gains of
    /// tanh and SELU are the field's
    /// rules of thumb (SELU's own paper wants 1, that is LeCun's rule).
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Not a value of the enumeration.</exception>
    public static double Of(Nonlinearity nonlinearity, double slope = 0.01) =>
        nonlinearity switch
        {
            Nonlinearity.Linear or Nonlinearity.Sigmoid => 1.0,
            Nonlinearity.Tanh => 5.0 / 3.0,
            Nonlinearity.ReLU => Math.Sqrt(2.0),
            Nonlinearity.LeakyReLU => Math.Sqrt(2.0 / (1.0 + (slope * slope))),
            Nonlinearity.SELU => 0.75,
            _ => throw new ArgumentOutOfRangeException(
                nameof(nonlinearity),
                nonlinearity,
                "Gain: not a nonlinearity of the table."
            ),
        };
}
