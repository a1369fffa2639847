namespace Fovea;

/// <summary>Activation: x where positive, slope x elsewhere, the slope being learned. Any shape in, the same
/// out.</summary>
/// <remarks>He, Zhang, Ren, Sun: Delving deep into rectifiers, ICCV 2015. The slope starts at 0.25 as there.</remarks>
public sealed class PReLU : Module
{
    /// <summary>Creates the layer.</summary>
    /// <param name="channels">One slope for each of so many channels (axis 1 of the input), or 1 for one slope in
    /// all.</param>
    /// <param name="slope">First value of the slopes.</param>
    /// <exception cref="ArgumentException"><paramref name="channels"/> is less than 1.</exception>
    public PReLU(int channels = 1, double slope = 0.25)
    {
        if (channels < 1)
        {
            throw new ArgumentException($"PReLU: channels must be 1 or more, got {channels}.", nameof(channels));
        }

        Weight = new Parameter([channels], new FirstSlope(slope), ParameterKind.Other);
    }

    /// <summary>The slopes, [1] or [channels].</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => new PReluOperator { Owner = this }.Apply(x, Weight);

    private sealed class FirstSlope(double slope) : Initializer
    {
        public override void Fill(Tensor tensor, Rng rng) => tensor.Fill(slope);

        public override string ToString() =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"constant {slope}");
    }
}
