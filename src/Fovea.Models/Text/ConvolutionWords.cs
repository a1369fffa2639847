namespace Fovea.Models;

/// <summary>Makes convolutions from options.</summary>
internal static class ConvolutionWords
{
    private const int MostGroups = 1 << 20;

    public static Module Conv(OptionReader o, Shape x) => Conv(o, x, LayerFields.Out.Read(o), null);

    public static Module Depthwise(OptionReader o, Shape x)
    {
        int channels = LayerWords.Channels(x),
            multiplier = o.Integer("multiplier", 1);
        return multiplier is >= 1 and <= MostGroups
            ? Conv(o, x, checked(channels * multiplier), channels)
            : throw o.Wrong("multiplier", $"1 to {MostGroups:N0}");
    }

    public static Module Separable(OptionReader o, Shape x)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1],
            outputs = LayerFields.Out.Read(o);
        PerAxis kernel = LayerFields.Kernel.Read(o);
        ConvolutionAttributes a = LayerWords.Read<ConvolutionAttributes>("conv", o, x, except: "groups");
        bool bias = LayerFields.Bias.Read(o);
        return rank switch
        {
            1 => new DepthwiseSeparableConv1d(channels, outputs, kernel, a.Stride, a.Padding, a.Dilation, bias, a.Mode),
            2 => new DepthwiseSeparableConv2d(channels, outputs, kernel, a.Stride, a.Padding, a.Dilation, bias, a.Mode),
            _ => new DepthwiseSeparableConv3d(channels, outputs, kernel, a.Stride, a.Padding, a.Dilation, bias, a.Mode),
        };
    }

    public static Module Transposed(OptionReader o, Shape x)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1],
            outputs = LayerFields.Out.Read(o);
        PerAxis kernel = LayerFields.Kernel.Read(o);
        TransposedConvolutionAttributes a = LayerWords.Read<TransposedConvolutionAttributes>("convtranspose", o, x);
        (PerAxis more, bool bias) = (a.OutputPadding, LayerFields.Bias.Read(o));
        return rank switch
        {
            1 => new ConvTranspose1d(channels, outputs, kernel, a.Stride, a.Padding, more, a.Groups, bias, a.Dilation),
            2 => new ConvTranspose2d(channels, outputs, kernel, a.Stride, a.Padding, more, a.Groups, bias, a.Dilation),
            _ => new ConvTranspose3d(channels, outputs, kernel, a.Stride, a.Padding, more, a.Groups, bias, a.Dilation),
        };
    }

    /// <summary>Squeeze and excitation; a number below 1 is the share of the channels that is left.</summary>
    public static Module SqueezeExcite(OptionReader o, Shape x)
    {
        int channels = LayerWords.Channels(x);
        double asked = o.Number("channels");
        double reduced = asked is > 0 and < 1 ? Math.Max(1, Math.Round(channels * asked)) : asked;
        return reduced >= 1 && reduced <= int.MaxValue && reduced == Math.Floor(reduced)
            ? new SqueezeExcite(
                channels,
                (int)reduced,
                Activation(o, "activation", "relu"),
                Activation(o, "gate", "sigmoid")
            )
            : throw o.Wrong("channels", "a share above 0 and below 1, or a whole number of 1 or more");
    }

    private static Module Activation(OptionReader o, string name, string usual)
    {
        string word = o.Text(name) ?? usual;
        return
            word
                is "relu"
                    or "relu6"
                    or "silu"
                    or "swish"
                    or "mish"
                    or "gelu"
                    or "elu"
                    or "leakyrelu"
                    or "hardswish"
                    or "hardsigmoid"
                    or "sigmoid"
                    or "tanh"
            ? LayerWords.Find(word)!.Make(new OptionReader(word, []), [])
            : throw o.Wrong(name, "an activation such as relu, silu, sigmoid or hardsigmoid");
    }

    /// <summary>A convolution; its groups are an option where they are not given here.</summary>
    private static ConvolutionLayer Conv(OptionReader o, Shape x, int outputs, int? groups)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1];
        PerAxis kernel = LayerFields.Kernel.Read(o);
        ConvolutionAttributes a = LayerWords.Read<ConvolutionAttributes>(
            "conv",
            o,
            x,
            groups is null ? null : "groups"
        );
        (int shared, bool bias) = (groups ?? a.Groups, LayerFields.Bias.Read(o));
        return rank switch
        {
            1 => new Conv1d(channels, outputs, kernel, a.Stride, a.Padding, a.Dilation, shared, bias, a.Mode),
            2 => new Conv2d(channels, outputs, kernel, a.Stride, a.Padding, a.Dilation, shared, bias, a.Mode),
            _ => new Conv3d(channels, outputs, kernel, a.Stride, a.Padding, a.Dilation, shared, bias, a.Mode),
        };
    }
}
