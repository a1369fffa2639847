using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Uniform in ±gain sqrt(6 / (fan in + fan out)): a compromise between keeping the variance of signals forward
/// and of gradients back.</summary>
/// <remarks>
/// <para>Variance 2 gain² / (fan in + fan out), fans as <see cref="Initializer.Fans"/>. Glorot and Bengio,
/// Understanding the difficulty of training deep feedforward neural networks, 2010.</para>
/// <para>Derived for units linear around 0, such as tanh; for ReLU take Kaiming's rule.</para>
/// </remarks>
public sealed class XavierUniform : Initializer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="gain">A factor on the values, more than 0; see <see cref="Fovea.Initialization.Gain.Of"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gain"/> is 0 or less, or not a number.</exception>
    public XavierUniform(double gain = 1.0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gain);
        Gain = gain;
    }

    /// <summary>The factor on the values.</summary>
    public double Gain { get; }

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FillUniform(tensor, rng, Variance(tensor.Shape));
    }

    /// <summary>2 gain² / (fan in + fan out).</summary>
    /// <param name="shape">A weight's shape.</param>
    public override double Variance(Shape shape)
    {
        (long fanIn, long fanOut) = Fans(shape);
        return 2.0 * Gain * Gain / (fanIn + fanOut);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Xavier uniform, gain {Gain:G4}");
}
