using Fovea.Kernels;

namespace Fovea.Models;

/// <summary>Makes convolutions from options.</summary>
internal static class ConvolutionWords
{
    private const int MostGroups = 1 << 20;

    public static Module Conv(OptionReader o, Shape x) => Conv(o, x, o.Integer("out"), o.Integer("groups", 1));

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
            outputs = o.Integer("out");
        PerAxis kernel = o.PerAxis("kernel"),
            stride = o.PerAxis("stride", 1),
            dilation = o.PerAxis("dilation", 1);
        Padding padding = o.Padding("padding");
        bool bias = o.Flag("bias", true);
        PaddingMode mode = o.Word("padding-mode", PaddingMode.Zeros);
        return rank switch
        {
            1 => new DepthwiseSeparableConv1d(channels, outputs, kernel, stride, padding, dilation, bias, mode),
            2 => new DepthwiseSeparableConv2d(channels, outputs, kernel, stride, padding, dilation, bias, mode),
            _ => new DepthwiseSeparableConv3d(channels, outputs, kernel, stride, padding, dilation, bias, mode),
        };
    }

    public static Module Transposed(OptionReader o, Shape x)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1],
            outputs = o.Integer("out"),
            groups = o.Integer("groups", 1);
        PerAxis kernel = o.PerAxis("kernel"),
            stride = o.PerAxis("stride", 1),
            more = o.PerAxis("output-padding", 0),
            dilation = o.PerAxis("dilation", 1);
        Padding padding = o.Padding("padding");
        bool bias = o.Flag("bias", true);
        return rank switch
        {
            1 => new ConvTranspose1d(channels, outputs, kernel, stride, padding, more, groups, bias, dilation),
            2 => new ConvTranspose2d(channels, outputs, kernel, stride, padding, more, groups, bias, dilation),
            _ => new ConvTranspose3d(channels, outputs, kernel, stride, padding, more, groups, bias, dilation),
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

    private static ConvolutionLayer Conv(OptionReader o, Shape x, int outputs, int groups)
    {
        int rank = LayerWords.SpatialRank(x),
            channels = x[1];
        PerAxis kernel = o.PerAxis("kernel"),
            stride = o.PerAxis("stride", 1),
            dilation = o.PerAxis("dilation", 1);
        Padding padding = o.Padding("padding");
        bool bias = o.Flag("bias", true);
        PaddingMode mode = o.Word("padding-mode", PaddingMode.Zeros);
        return rank switch
        {
            1 => new Conv1d(channels, outputs, kernel, stride, padding, dilation, groups, bias, mode),
            2 => new Conv2d(channels, outputs, kernel, stride, padding, dilation, groups, bias, mode),
            _ => new Conv3d(channels, outputs, kernel, stride, padding, dilation, groups, bias, mode),
        };
    }
}
