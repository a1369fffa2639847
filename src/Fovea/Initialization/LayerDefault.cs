using System.Globalization;

namespace Fovea;

/// <summary>The first values layers use unless told otherwise: uniform between ±1 / sqrt(fan in), for weights and biases alike.</summary>
/// <remarks>
/// What PyTorch's Linear and Conv layers do: Kaiming uniform with a = sqrt(5) has gain sqrt(2 / (1 + 5)) = sqrt(1 / 3), so its bound gain sqrt(3 / fan in) is 1 / sqrt(fan in).
/// The variance is 1 / (3 fan in): each layer shrinks the variance of its input's mean square to a third, which ReLU networks without normalization feel as vanishing activations.
/// </remarks>
/// <param name="fanIn">Inputs an output sums over; 0 to take it from the shape (<see cref="Initializer.Fans"/>). Biases need it given.</param>
public sealed class LayerDefault(long fanIn = 0) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(rng);
        long inputs = Math.Max(1, fanIn > 0 ? fanIn : Fans(tensor.Shape).FanIn);
        double bound = 1.0 / Math.Sqrt(inputs);
        Fill(tensor, () => bound * ((2.0 * rng.NextDouble()) - 1.0));
    }

    /// <inheritdoc/>
    public override string ToString() => fanIn > 0
        ? string.Create(CultureInfo.InvariantCulture, $"uniform in ±1/sqrt({fanIn})")
        : "uniform in ±1/sqrt(fan in)";
}
