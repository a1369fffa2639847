namespace Fovea.Models;

/// <summary>Everything a family's builder gets to know.</summary>
/// <param name="Arguments">The arguments given in the model's text.</param>
/// <param name="Channels">Channels of the input, 1 or more.</param>
/// <param name="Classes">Number of classes, 1 or more.</param>
/// <param name="Dims">Spatial axes, 1 to 3.</param>
public sealed record ModelRequest(ModelArguments Arguments, int Channels, int Classes, int Dims)
{
    /// <summary>Factor of all channel counts, 0.01 to 100; 1 where not given.</summary>
    public double Width => Arguments.Number("width", 1.0, 0.01, 100.0);

    /// <summary>Whether the first layers keep the resolution, for inputs of 28 to 64 pixels: <c>stem=small</c> instead
    /// of <c>stem=large</c>.</summary>
    public bool SmallStem => Arguments.Choice("stem", "large", "small") == "small";

    /// <summary>Probability that the classifier's dropout zeroes a value, 0 to 1.</summary>
    /// <param name="usual">The family's own, taken where no argument is given.</param>
    public double Dropout(double usual) => Arguments.Number("dropout", usual, 0.0, 1.0);

    /// <summary>A channel count times <see cref="Width"/>, rounded to the nearest whole number, at least 1.</summary>
    /// <param name="channels">The count at width 1.</param>
    public int Scaled(int channels) => Math.Max(1, (int)Math.Round(channels * Width, MidpointRounding.AwayFromZero));
}
