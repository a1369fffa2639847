namespace Fovea;

/// <summary>The default of convolutions and linear layers: uniform in +-1 / sqrt(fan in), variance 1 / (3 fan in).</summary>
/// <remarks>
/// What PyTorch draws: Kaiming uniform with a = sqrt(5), whose gain sqrt(2 / (1 + 5)) turns the bound sqrt(3) * gain / sqrt(fan in) into 1 / sqrt(fan in).
/// A ReLU network keeps a sixth of its variance a layer under it; <see cref="Initializer"/>s after He keep all.
/// </remarks>
public sealed class LayerDefault : Initializer
{
    private readonly long? _fanIn;

    /// <summary>Takes the fan in from the weight's shape.</summary>
    public LayerDefault()
    {
    }

    /// <summary>Takes a given fan in: for a bias, that of its weight.</summary>
    /// <param name="fanIn">1 or more; 0 counts as 1.</param>
    public LayerDefault(long fanIn) => _fanIn = fanIn;

    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(rng);
        double bound = 1.0 / Math.Sqrt(Math.Max(_fanIn ?? Fans(tensor.Shape).FanIn, 1));
        Fill(tensor, () => ((2.0 * rng.NextDouble()) - 1.0) * bound);
    }

    /// <inheritdoc/>
    public override string ToString() => _fanIn is null ? "layer default" : $"layer default, fan in {_fanIn}";
}
