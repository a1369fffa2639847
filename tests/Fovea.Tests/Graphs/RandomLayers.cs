namespace Fovea.Tests;

/// <summary>Draws layers of every kind whose receptive field has a rule. Not every one fits the input: the caller tries
/// again.</summary>
internal sealed class RandomLayers(Rng rng, int rank, bool maxPools, bool enlarging = false)
{
    private static readonly string[] PaddingNames =
    [
        "valid",
        "symmetric padding",
        "asymmetric padding",
        "same",
        "same-tensorflow",
        "causal",
    ];

    /// <summary>Any layer for an input [C, spatial...].</summary>
    public (Module Layer, string[] Kinds)? Any(Shape input) =>
        (enlarging ? rng.Next(10) : 9) switch
        {
            < 2 => Transposed(input[0]),
            2 or 3 => Upsampling(),
            4 => EncoderAndDecoder(input[0], add: rng.Next(2) == 0),
            _ => Usual(input),
        };

    private (Module Layer, string[] Kinds)? Usual(Shape input) =>
        rng.Next(maxPools ? 17 : 14) switch
        {
            < 3 => Convolution(input[0], 1 + rng.Next(4)),
            3 or 4 => Grouped(),
            5 => Transposed(input[0]),
            6 => AveragePool(),
            7 => AdaptivePool(max: false),
            8 => Upsampling(),
            9 or 10 => Branches(input[0], add: true),
            11 => Branches(input[0], add: false),
            12 => (new Sequential(new Lambda(x => x + 1.0), new SqueezeExcite(input[0], 2)), ["squeeze-excite"]), // + 1: where x is 0 the gate has no effect
            13 => Moving(),
            14 => AdaptivePool(max: true),
            15 => (new ReLU(), ["relu"]),
            _ => MaxPool(),
        };

    /// <summary>A layer after which no positions are left.</summary>
    public (Module Layer, string[] Kinds)? Head(Shape input) =>
        rng.Next(2) == 0
            ? (new GlobalAvgPool(flatten: true), ["global pool"])
            : (new Sequential(new Flatten(), new Linear((int)input.Count, 3, bias: false)), ["flatten"]);

    private PerAxis Axes(int low, int high) =>
        PerAxis.Create([.. Enumerable.Range(0, rank).Select(_ => low + rng.Next(high - low + 1))]);

    private PerAxis Mostly(int value, int high) => rng.Next(3) == 0 ? Axes(1, high) : value;

    private (Padding Padding, string Name) AnyPadding()
    {
        int kind = rng.Next(6);
        Padding padding = kind switch
        {
            0 => Padding.Valid,
            1 => Padding.Symmetric(Axes(0, 2)),
            2 => Padding.Explicit(Axes(0, 3), Axes(0, 3)),
            3 => Padding.Same,
            4 => Padding.SameTensorFlow,
            _ => Padding.Causal,
        };
        return (padding, PaddingNames[kind]);
    }

    private PaddingMode Mode() => rng.Next(2) == 0 ? PaddingMode.Zeros : (PaddingMode)rng.Next(4);

    private static List<string> KindsOf(
        PerAxis kernel,
        PerAxis stride,
        PerAxis dilation,
        string padding,
        PaddingMode mode
    ) =>
        [
            padding,
            .. kernel.Distinct().Count() > 1 ? ["non-square"] : Array.Empty<string>(),
            .. kernel.Any(k => k % 2 == 0) ? ["even kernel"] : Array.Empty<string>(),
            .. stride.Any(s => s > 1) ? ["strided"] : Array.Empty<string>(),
            .. dilation.Any(d => d > 1) ? ["dilated"] : Array.Empty<string>(),
            .. mode != PaddingMode.Zeros ? [mode.ToString()] : Array.Empty<string>(),
        ];

    private (Module, string[]) Convolution(int inChannels, int outChannels, int groups = 1)
    {
        PerAxis kernel = Axes(1, 4),
            stride = Mostly(1, 3),
            dilation = Mostly(1, 3);
        (Padding padding, string name) = AnyPadding();
        PaddingMode mode = Mode();
        return (
            Layer(inChannels, outChannels, kernel, stride, padding, dilation, groups, mode),
            [.. KindsOf(kernel, stride, dilation, name, mode), "convolution"]
        );
    }

    private Module Layer(
        int inChannels,
        int outChannels,
        PerAxis kernel,
        PerAxis stride,
        Padding padding,
        PerAxis dilation,
        int groups = 1,
        PaddingMode mode = PaddingMode.Zeros
    ) =>
        rank switch
        {
            1 => new Conv1d(inChannels, outChannels, kernel, stride, padding, dilation, groups, bias: false, mode),
            2 => new Conv2d(inChannels, outChannels, kernel, stride, padding, dilation, groups, bias: false, mode),
            _ => new Conv3d(inChannels, outChannels, kernel, stride, padding, dilation, groups, bias: false, mode),
        };

    /// <summary>A pointwise convolution to 4 channels, then one with 2 or 4 groups.</summary>
    private (Module, string[])? Grouped()
    {
        int groups = 2 << rng.Next(2),
            before = 1 + rng.Next(3);
        (Module grouped, string[] kinds) = Convolution(4, 4, groups);
        return (
            new Sequential(Layer(before, 4, 1, 1, 0, 1), grouped),
            [.. kinds, groups == 4 ? "depthwise" : "grouped"]
        );
    }

    private (Module, string[]) Transposed(int inChannels)
    {
        PerAxis kernel = Axes(1, 4),
            stride = Axes(1, enlarging ? 4 : 3),
            dilation = Mostly(1, enlarging ? 3 : 2),
            extra = rng.Next(3) == 0 ? Axes(0, 1) : 0;
        (Padding padding, string name) = AnyPadding();
        int outChannels = 1 + rng.Next(3);
        Module layer = rank switch
        {
            1 => new ConvTranspose1d(inChannels, outChannels, kernel, stride, padding, extra, 1, bias: false, dilation),
            2 => new ConvTranspose2d(inChannels, outChannels, kernel, stride, padding, extra, 1, bias: false, dilation),
            _ => new ConvTranspose3d(inChannels, outChannels, kernel, stride, padding, extra, 1, bias: false, dilation),
        };
        return (layer, [.. KindsOf(kernel, stride, dilation, name, PaddingMode.Zeros), "transposed"]);
    }

    private (Module, string[]) AveragePool()
    {
        PerAxis kernel = Axes(1, 3),
            stride = Axes(1, 3),
            dilation = Mostly(1, 2);
        (Padding padding, string name) = AnyPadding();
        PaddingMode mode = Mode();
        bool ceil = rng.Next(3) == 0,
            count = rng.Next(2) == 0;
        Module layer = rank switch
        {
            1 => new AvgPool1d(kernel, stride, padding, mode, dilation, ceil, count),
            2 => new AvgPool2d(kernel, stride, padding, mode, dilation, ceil, count),
            _ => new AvgPool3d(kernel, stride, padding, mode, dilation, ceil, count),
        };
        return (
            layer,
            [
                .. KindsOf(kernel, stride, dilation, name, mode),
                "average pool",
                .. ceil ? ["ceil mode"] : Array.Empty<string>(),
            ]
        );
    }

    private (Module, string[]) MaxPool()
    {
        PerAxis kernel = Axes(1, 3),
            stride = Axes(1, 3),
            dilation = Mostly(1, 2);
        (Padding padding, string name) = AnyPadding();
        PaddingMode mode = Mode();
        bool ceil = rng.Next(3) == 0;
        Module layer = rank switch
        {
            1 => new MaxPool1d(kernel, stride, padding, mode, dilation, ceil),
            2 => new MaxPool2d(kernel, stride, padding, mode, dilation, ceil),
            _ => new MaxPool3d(kernel, stride, padding, mode, dilation, ceil),
        };
        return (layer, [.. KindsOf(kernel, stride, dilation, name, mode), "max pool"]);
    }

    private (Module, string[]) AdaptivePool(bool max)
    {
        PerAxis size = Axes(1, 5);
        return (rank, max) switch
        {
            (1, false) => (new AdaptiveAvgPool1d(size), ["adaptive pool", "by size"]),
            (2, false) => (new AdaptiveAvgPool2d(size), ["adaptive pool", "by size"]),
            (_, false) => (new AdaptiveAvgPool3d(size), ["adaptive pool", "by size"]),
            (1, _) => (new AdaptiveMaxPool1d(size), ["adaptive max pool"]),
            (2, _) => (new AdaptiveMaxPool2d(size), ["adaptive max pool"]),
            _ => (new AdaptiveMaxPool3d(size), ["adaptive max pool"]),
        };
    }

    private (Module, string[]) Upsampling()
    {
        UpsampleMode mode = rng.Next(2) == 0 ? UpsampleMode.Nearest : UpsampleMode.Linear;
        bool corners = mode == UpsampleMode.Linear && rng.Next(2) == 0;
        string kind = $"{mode} up-sampling".ToLowerInvariant();
        double[] factors = enlarging ? [1.5, 2.0, 0.75, 3.0, 4.0] : [1.5, 2.0, 0.75];
        return rng.Next(3) == 0
            ? (Upsample.ToSize(Axes(2, enlarging ? 24 : 9), mode, corners), ["up-sampling", kind, "by size"])
            : (
                new Upsample(factors[rng.Next(factors.Length)], mode, corners),
                ["up-sampling", kind, .. corners ? ["by size"] : Array.Empty<string>()]
            );
    }

    /// <summary>Paths of different fields that give the same sizes: two convolutions with SAME rules, one of them
    /// perhaps only a pick of every stride-th position.</summary>
    private (Module, string[]) Branches(int inChannels, bool add)
    {
        PerAxis kernel = Axes(1, 4),
            stride = Mostly(1, 2),
            dilation = Mostly(1, 3);
        Padding[] rules = [Padding.Same, Padding.SameTensorFlow, Padding.Causal];
        PaddingMode mode = rng.Next(4) == 0 ? (PaddingMode)rng.Next(4) : PaddingMode.Zeros;
        Module body = new Sequential(
            Layer(inChannels, 2, kernel, stride, rules[rng.Next(3)], dilation, 1, mode),
            Layer(2, add ? inChannels : 2, Axes(1, 3), 1, rules[rng.Next(3)], 1)
        );
        Module other = Layer(
            inChannels,
            add ? inChannels : 1,
            rng.Next(2) == 0 ? 1 : Axes(1, 3),
            stride,
            rules[rng.Next(3)],
            1
        );
        string[] kinds = [.. KindsOf(kernel, stride, dilation, "same", mode), add ? "add" : "concat"];
        bool plain = add && stride.All(s => s == 1) && rng.Next(2) == 0;
        return (add ? new Residual(body, plain ? null : other) : new Concat(body, other), kinds);
    }

    /// <summary>Half the resolution and back, beside a path that keeps it: input sizes must be even.</summary>
    private (Module, string[]) EncoderAndDecoder(int inChannels, bool add)
    {
        int outChannels = add ? inChannels : 2;
        UpsampleMode mode = rng.Next(2) == 0 ? UpsampleMode.Nearest : UpsampleMode.Linear;
        Module down = rng.Next(2) == 0 ? Layer(inChannels, 2, 3, 2, 1, 1) : Layer(inChannels, 2, 2, 2, 0, 1),
            up = (rng.Next(2), rank) switch
            {
                (0, _) => new Sequential(
                    new Upsample(2.0, mode),
                    Layer(2, outChannels, Axes(1, 3), 1, Padding.Same, 1)
                ),
                (_, 1) => new ConvTranspose1d(2, outChannels, 4, 2, 1, bias: false),
                (_, 2) => new ConvTranspose2d(2, outChannels, 4, 2, 1, bias: false),
                _ => new ConvTranspose3d(2, outChannels, 4, 2, 1, bias: false),
            };
        Module body = new Sequential(down, Layer(2, 2, Axes(1, 3), 1, Padding.Same, 1), up);
        string[] kinds = ["u-net", up is Sequential ? "up-sampling" : "transposed", add ? "add" : "concat"];
        return (add ? new Residual(body) : new Concat(body, new Identity()), kinds);
    }

    private (Module, string[]) Moving() =>
        rng.Next(3) switch
        {
            0 => (new Lambda(x => x.Pad(Padding.Explicit(1, 2))), ["pad"]),
            1 => (new Lambda(x => x.Narrow(2, 1, x.Shape[2] - 2)), ["narrow"]),
            _ => (new Lambda(Shuffled), ["shuffle"]),
        };

    private static Tensor Shuffled(Tensor x)
    {
        int groups = x.Shape[1] % 2 == 0 ? 2 : 1;
        int[] spatial = [.. x.Shape.Sizes[2..]],
            order = [0, 2, 1, .. Enumerable.Range(3, spatial.Length)];
        return x.Reshape([x.Shape[0], groups, -1, .. spatial])
            .Permute(order)
            .Reshape([x.Shape[0], x.Shape[1], .. spatial]);
    }
}
