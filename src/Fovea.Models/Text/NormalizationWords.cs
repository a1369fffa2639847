namespace Fovea.Models;

/// <summary>Makes normalizations from options.</summary>
internal static class NormalizationWords
{
    public static Module Batch(OptionReader o, Shape x)
    {
        int channels = LayerWords.Channels(x);
        BatchNormAttributes a = LayerWords.Read<BatchNormAttributes>("batchnorm", o, x);
        return (LayerFields.Dims.Read(o) ?? $"{a.Dims}") switch
        {
            "1" => new BatchNorm1d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            "2" => new BatchNorm2d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            "3" => new BatchNorm3d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            "any" => new BatchNorm(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            _ => throw o.Wrong(LayerFields.Dims.Name, "1, 2, 3 or any (left out, it follows from the input)"),
        };
    }

    public static Module Instance(OptionReader o, Shape x)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1];
        BatchNormAttributes a = LayerWords.Read<BatchNormAttributes>("instancenorm", o, x);
        return rank switch
        {
            1 => new InstanceNorm1d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            2 => new InstanceNorm2d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
            _ => new InstanceNorm3d(channels, a.Epsilon, a.Momentum, a.Affine, a.Running),
        };
    }

    public static Module Group(OptionReader o, Shape x)
    {
        int channels = LayerWords.Channels(x);
        GroupNormAttributes a = LayerWords.Read<GroupNormAttributes>("groupnorm", o, x);
        return new GroupNorm(channels, a.Groups, a.Epsilon, a.Affine);
    }

    /// <summary>Layer normalization; without a shape over the whole item.</summary>
    public static Module Layer(OptionReader o, Shape x)
    {
        LayerNormAttributes a = LayerWords.Read<LayerNormAttributes>("layernorm", o, x);
        return new LayerNorm(a.Normalized, a.Epsilon, a.Affine);
    }
}
