using System.Globalization;

namespace Fovea.Models;

/// <summary>Makes normalizations from options.</summary>
internal static class NormalizationWords
{
    public static Module Batch(OptionReader o, Shape x)
    {
        int channels = LayerWords.Channels(x);
        double epsilon = o.Number("epsilon", 1e-5);
        double? momentum = Momentum(o);
        bool affine = o.Flag("affine", true),
            running = o.Flag("running", true);
        string dims = o.Text("dims") ?? (x.Rank <= 3 ? "1" : $"{x.Rank - 2}");
        return dims switch
        {
            "1" => new BatchNorm1d(channels, epsilon, momentum, affine, running),
            "2" => new BatchNorm2d(channels, epsilon, momentum, affine, running),
            "3" => new BatchNorm3d(channels, epsilon, momentum, affine, running),
            "any" => new BatchNorm(channels, epsilon, momentum, affine, running),
            _ => throw o.Wrong("dims", "1, 2, 3 or any (left out, it follows from the input)"),
        };
    }

    public static Module Instance(OptionReader o, Shape x)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1];
        double epsilon = o.Number("epsilon", 1e-5);
        double? momentum = Momentum(o);
        bool affine = o.Flag("affine", false),
            running = o.Flag("running", false);
        return rank switch
        {
            1 => new InstanceNorm1d(channels, epsilon, momentum, affine, running),
            2 => new InstanceNorm2d(channels, epsilon, momentum, affine, running),
            _ => new InstanceNorm3d(channels, epsilon, momentum, affine, running),
        };
    }

    /// <summary>Layer normalization; without a shape over the whole item.</summary>
    public static Module Layer(OptionReader o, Shape x)
    {
        int[] sizes = o.Has("shape") ? o.Integers("shape") : [.. x.Sizes[Math.Min(1, x.Rank)..]];
        return new LayerNorm(Shape.Create(sizes), o.Number("epsilon", 1e-5), o.Flag("affine", true));
    }

    private static double? Momentum(OptionReader o)
    {
        string text = o.Text("momentum") ?? "0.1";
        return text == "average" ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double momentum) ? momentum
            : throw o.Wrong("momentum", "a number from 0 to 1, or 'average' for the plain average over all batches");
    }
}
