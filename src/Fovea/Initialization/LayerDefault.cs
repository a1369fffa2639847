using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Uniform in ±1/sqrt(fan in): what PyTorch's convolution and linear layers start from, for weights and
/// biases.</summary>
/// <remarks>
/// <para>Variance 1 / (3 fan in). PyTorch writes it as Kaiming uniform with slope sqrt(5).</para>
/// <para>A bias [out] does not know the fan in of its weight, so a layer gives it.</para>
/// </remarks>
public sealed class LayerDefault : Initializer
{
    private readonly long? _fanIn;

    /// <summary>Takes the fan in from the shape it fills, see <see cref="Initializer.Fans"/>.</summary>
    public LayerDefault() { }

    /// <summary>Takes a given fan in: for a bias, that of its weight.</summary>
    /// <param name="fanIn">Inputs of one output, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fanIn"/> is less than 1.</exception>
    public LayerDefault(long fanIn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        _fanIn = fanIn;
    }

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FillUniform(tensor, rng, Variance(tensor.Shape));
    }

    /// <summary>1 / (3 fan in).</summary>
    /// <param name="shape">The shape filled.</param>
    public override double Variance(Shape shape) => 1.0 / (3.0 * (_fanIn ?? Fans(shape).FanIn));

    /// <inheritdoc/>
    public override string ToString() =>
        _fanIn is { } fanIn
            ? string.Create(CultureInfo.InvariantCulture, $"Layer default, uniform within 1/sqrt({fanIn})")
            : "Layer default, uniform within 1/sqrt(fan in)";
}
