using System.Globalization;

namespace Fovea.Initialization;

/// <summary>Every element the same: zeros for biases, ones for scales.</summary>
/// <param name="value">The value.</param>
public sealed class Constant(double value) : Initializer
{
    /// <summary>The value.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Fill(Value);
    }

    /// <summary>0: all elements are alike.</summary>
    /// <param name="shape">Any shape.</param>
    public override double Variance(Shape shape) => 0;

    /// <summary>The value.</summary>
    /// <param name="shape">Any shape.</param>
    public override double MeanValue(Shape shape) => Value;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Constant {Value:G6}");
}
