namespace Fovea;

/// <summary>Statistics of an activation at the first step, over weights drawn by their rules and items drawn from the
/// data.</summary>
/// <remarks>
/// An element is mean + channel part + item part: the channel part varies from channel to channel with the weights
/// drawn, the item part within a channel over items and positions.
/// Batch normalization removes the first two and scales the third, so both must be carried. Sources: He et al. 2015,
/// https://arxiv.org/abs/1502.01852 (second moments);
/// Yang et al. 2019, https://arxiv.org/abs/1902.08129 (batch normalization).
/// </remarks>
/// <param name="Mean">Mean over everything.</param>
/// <param name="ChannelVariance">Variance of the channels' means.</param>
/// <param name="Variance">Mean variance within a channel.</param>
/// <param name="IsApproximate">Whether a rule on the way took neighbouring positions or branches for independent, or a
/// distribution for normal, where they are not.</param>
/// <param name="BeforeActivation">Where this is a ReLU's output, the statistics before it: pooling uses them.</param>
public sealed record Signal(
    double Mean,
    double ChannelVariance,
    double Variance,
    bool IsApproximate = false,
    Signal? BeforeActivation = null
)
{
    /// <summary>Normalized data: mean 0, variance 1 within each channel.</summary>
    public static Signal Standard { get; } = new(0.0, 0.0, 1.0);

    /// <summary>Mean square of the elements: Mean² + ChannelVariance + Variance.</summary>
    public double MeanSquare => (Mean * Mean) + ChannelVariance + Variance;

    /// <summary>Statistics of independent sums.</summary>
    public static Signal operator +(Signal a, Signal b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new Signal(
            a.Mean + b.Mean,
            a.ChannelVariance + b.ChannelVariance,
            a.Variance + b.Variance,
            a.IsApproximate || b.IsApproximate
        );
    }

    /// <summary>The sum by method, for languages without operators.</summary>
    public static Signal Add(Signal left, Signal right) => left + right;

    /// <summary>Both parts of the variance times a factor, the mean times another.</summary>
    internal Signal Scaled(double mean, double variance) =>
        new(Mean * mean, ChannelVariance * variance, Variance * variance, IsApproximate);

    /// <summary>The same, marked as approximate.</summary>
    internal Signal Approximately => this with { IsApproximate = true };
}

/// <summary>What a variance or gradient rule gets to know.</summary>
/// <param name="Shapes">The shapes in use.</param>
/// <param name="Inputs">Statistics of the inputs: of activations as predicted, of parameters by their rules; null where
/// none are known.</param>
public sealed record SignalUse(OperatorShapes Shapes, IReadOnlyList<Signal?> Inputs)
{
    /// <summary>The statistics of the first input.</summary>
    public Signal? X => Inputs[0];

    /// <summary>Mean square of a parameter's first values; 0 where there is no such input.</summary>
    /// <param name="input">Position of the input.</param>
    public double MeanSquare(int input) => input < Inputs.Count ? Inputs[input]?.MeanSquare ?? 0.0 : 0.0;
}
