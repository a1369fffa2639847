namespace Fovea;

/// <summary>Scales each channel by a number between 0 and 1 computed from all channels: x
/// gate(expand(activation(reduce(mean of x over the spatial axes)))). x [N, C, ...], y the same.</summary>
/// <remarks>Hu, Shen, Sun: Squeeze-and-excitation networks, CVPR 2018.</remarks>
public sealed class SqueezeExcite : Module
{
    private readonly Linear _reduce;
    private readonly Module _activation;
    private readonly Linear _expand;
    private readonly Module _gate;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels of the input, 1 or more.</param>
    /// <param name="reduced">Channels in between, 1 or more; often channels / 16 or channels / 4.</param>
    /// <param name="activation">Between the two matrices; left out: <see cref="ReLU"/>.</param>
    /// <param name="gate">Gives the scale; left out: <see cref="Sigmoid"/>. MobileNetV3 uses
    /// <see cref="Hardsigmoid"/>.</param>
    /// <param name="rng">Where the first values come from; without it a fixed stream.</param>
    /// <exception cref="ArgumentException">A number of channels is less than 1.</exception>
    public SqueezeExcite(int channels, int reduced, Module? activation = null, Module? gate = null, Rng? rng = null)
    {
        if (channels < 1 || reduced < 1)
        {
            throw new ArgumentException(
                $"SqueezeExcite: channels and reduced must be 1 or more, got {channels} and {reduced}."
            );
        }

        _reduce = new Linear(channels, reduced, rng: rng);
        _activation = activation ?? new ReLU();
        _expand = new Linear(reduced, channels, rng: rng);
        _gate = gate ?? new Sigmoid();
        Channels = channels;
    }

    /// <summary>Channels of the input.</summary>
    public int Channels { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3 || x.Shape[1] != Channels)
        {
            string subject = Path.Length > 0 ? $"SqueezeExcite '{Path}'" : "SqueezeExcite";
            throw new ShapeException($"{subject}: x must be [N, {Channels}, spatial sizes...], got {x.Shape}.");
        }

        int[] spatial = [.. Enumerable.Range(2, x.Rank - 2)];
        Tensor scale = _gate.Forward(_expand.Forward(_activation.Forward(_reduce.Forward(x.Mean(spatial)))));
        int[] sizes = [-1, Channels, .. spatial.Select(_ => 1)];
        return new Multiply { Owner = this }.Apply(x, scale.Reshape(sizes));
    }
}
