namespace Fovea;

/// <summary>The shapes a convolution got, and the rules that ordinary and transposed ones share.</summary>
internal sealed record ConvolutionShapes(string Subject, int SpatialRank, Shape X, Shape Weight, Shape? Bias)
{
    /// <summary>Checks the number of axes.</summary>
    public void RequireRanks(string layout)
    {
        if (X.Rank != SpatialRank + 1 && X.Rank != SpatialRank + 2)
        {
            throw new ShapeException(
                $"{Subject}: x must be {layout} with {SpatialRank} spatial axes, got {X.Rank} axes. {this}"
            );
        }

        if (Weight.Rank != SpatialRank + 2)
        {
            throw new ShapeException(
                $"{Subject}: the weight must have {SpatialRank + 2} axes, got {Weight.Rank}. {this}"
            );
        }
    }

    /// <summary>Checks the length of the bias.</summary>
    public void RequireBias(int outChannels)
    {
        if (Bias is { } bias && (bias.Rank != 1 || bias[0] != outChannels))
        {
            throw new ShapeException(
                $"{Subject}: the bias must have one value an output channel, [{outChannels}], got {bias}. {this}"
            );
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"x {X}, weight {Weight}.";
}
