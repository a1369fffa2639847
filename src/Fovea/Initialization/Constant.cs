using System.Globalization;

namespace Fovea;

/// <summary>Every element the same: 1 for the weight of a normalization, 0 for its bias.</summary>
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

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"constant {Value}");
}
