using Fovea.Kernels;
using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>Pools.</summary>
internal static class PoolEntries
{
    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        Sliding("maxpool", "the largest value of each window", typeof(MaxPool))
            .ByPosition("kernel")
            .MadeBy(
                (a, owner) => new MaxPool($"MaxPool{a.Rank}d", Windows("MaxPool", a, needInput: true)) { Owner = owner }
            )
            .InLayer(Largest),
        Sliding("avgpool", "the mean of each window", typeof(AvgPool))
            .Option(
                "count-padding",
                OptionTypes.Flag,
                a => a.CountsPadding,
                (a, v) => a with { CountsPadding = v },
                true
            )
            .Option(
                "divisor",
                OptionTypes.OptionalInteger,
                a => a.Divisor,
                (a, v) => a with { Divisor = v },
                (int?)null
            )
            .ByPosition("kernel")
            .MadeBy(
                (a, owner) =>
                    new AvgPool($"AvgPool{a.Rank}d", Windows("AvgPool", a, needInput: false), a.Divisor ?? 0)
                    {
                        Owner = owner,
                    }
            )
            .InLayer(Mean),
        Windows(
                new OperatorEntry<SlidingPoolAttributes>(
                    "lppool",
                    Pool,
                    "the p-norm of each window",
                    Start,
                    typeof(LpPool)
                ).Needs("norm", OptionTypes.Number, a => a.Norm, (a, v) => a with { Norm = v })
            )
            .ByPosition("norm", "kernel")
            .MadeBy(
                (a, owner) =>
                    new LpPool(
                        $"LpPool{a.Rank}d",
                        Windows("LpPool", a with { CountsPadding = false }, needInput: false),
                        a.Norm
                    )
                    {
                        Owner = owner,
                    }
            )
            .InLayer(Norm),
        Adaptive("adaptiveavgpool", "the means of as many windows as are asked for", typeof(AvgPool))
            .MadeBy(
                (a, owner) => new AvgPool($"AdaptiveAvgPool{a.Rank}d", Windows("AdaptiveAvgPool", a)) { Owner = owner }
            )
            .InLayer(a =>
                a.Rank switch
                {
                    1 => new AdaptiveAvgPool1d(a.Size),
                    2 => new AdaptiveAvgPool2d(a.Size),
                    _ => new AdaptiveAvgPool3d(a.Size),
                }
            ),
        Adaptive("adaptivemaxpool", "the largest values of as many windows as are asked for", typeof(MaxPool))
            .MadeBy(
                (a, owner) => new MaxPool($"AdaptiveMaxPool{a.Rank}d", Windows("AdaptiveMaxPool", a)) { Owner = owner }
            )
            .InLayer(a =>
                a.Rank switch
                {
                    1 => new AdaptiveMaxPool1d(a.Size),
                    2 => new AdaptiveMaxPool2d(a.Size),
                    _ => new AdaptiveMaxPool3d(a.Size),
                }
            ),
        Global("globalavgpool", "the mean of each channel", typeof(AvgPool))
            .MadeBy((a, owner) => new AvgPool("GlobalAvgPool", new GlobalPoolWindows(a.Flatten)) { Owner = owner })
            .InLayer(a => new GlobalAvgPool(a.Flatten)),
        Global("globalmaxpool", "the largest value of each channel", typeof(MaxPool))
            .MadeBy((a, owner) => new MaxPool("GlobalMaxPool", new GlobalPoolWindows(a.Flatten)) { Owner = owner })
            .InLayer(a => new GlobalMaxPool(a.Flatten)),
    ];

    /// <summary>Windows as text, for operators that hold those of a pool.</summary>
    public static IReadOnlyList<OperatorOption> OptionsOf(PoolAttributes attributes) =>
        All.First(e => e.Word != "lppool" && e.Operators.Contains(typeof(AvgPool)) && e.Fits(attributes))
            .Write(attributes);

    private static SlidingPoolAttributes Start(OptionContext context) => new(context.Spatial, 1, 1, Padding.Valid, 1);

    private static OperatorEntry<SlidingPoolAttributes> Sliding(string word, string summary, Type type) =>
        Windows(new OperatorEntry<SlidingPoolAttributes>(word, Pool, summary, Start, type));

    private static OperatorEntry<SlidingPoolAttributes> Windows(OperatorEntry<SlidingPoolAttributes> entry) =>
        entry
            .Needs("kernel", OptionTypes.PerAxis, a => a.Kernel, (a, v) => a with { Kernel = v })
            .Following(
                "stride",
                OptionTypes.ExactPerAxis,
                a => a.Stride,
                (a, v) => a with { Stride = v },
                a => a.Kernel
            )
            .Option("padding", OptionTypes.Padding, a => a.Padding, (a, v) => a with { Padding = v }, Padding.Valid)
            .Option("dilation", OptionTypes.PerAxis, a => a.Dilation, (a, v) => a with { Dilation = v }, (PerAxis)1)
            .Option(
                "padding-mode",
                OptionTypes.PaddingMode,
                a => a.Mode,
                (a, v) => a with { Mode = v },
                PaddingMode.Zeros
            )
            .Option("ceil", OptionTypes.Flag, a => a.Ceil, (a, v) => a with { Ceil = v }, false);

    private static OperatorEntry<AdaptivePoolAttributes> Adaptive(string word, string summary, Type type) =>
        new OperatorEntry<AdaptivePoolAttributes>(word, Pool, summary, context => new(context.Spatial, 1), type)
            .Needs("size", OptionTypes.PerAxis, a => a.Size, (a, v) => a with { Size = v })
            .ByPosition("size");

    private static OperatorEntry<GlobalPoolAttributes> Global(string word, string summary, Type type) =>
        new OperatorEntry<GlobalPoolAttributes>(word, Pool, summary, _ => new(false), type).Option(
            "flatten",
            OptionTypes.Flag,
            a => a.Flatten,
            (a, v) => a with { Flatten = v },
            false
        );

    private static SlidingPoolWindows Windows(string stem, SlidingPoolAttributes a, bool needInput) =>
        new($"{stem}{a.Rank}d", a.Rank, a.Window, countZeros: !needInput && a.CountsPadding, needInput);

    private static AdaptivePoolWindows Windows(string stem, AdaptivePoolAttributes a) =>
        new($"{stem}{a.Rank}d", a.Rank, a.Size);

    private static MaxPoolLayer Largest(SlidingPoolAttributes a) =>
        a.Rank switch
        {
            1 => new MaxPool1d(a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil),
            2 => new MaxPool2d(a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil),
            _ => new MaxPool3d(a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil),
        };

    private static AvgPoolLayer Mean(SlidingPoolAttributes a) =>
        a.Rank switch
        {
            1 => new AvgPool1d(a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil, a.CountsPadding, a.Divisor),
            2 => new AvgPool2d(a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil, a.CountsPadding, a.Divisor),
            _ => new AvgPool3d(a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil, a.CountsPadding, a.Divisor),
        };

    private static LpPoolLayer Norm(SlidingPoolAttributes a) =>
        a.Rank switch
        {
            1 => new LpPool1d(a.Norm, a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil),
            2 => new LpPool2d(a.Norm, a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil),
            _ => new LpPool3d(a.Norm, a.Kernel, a.Stride, a.Padding, a.Mode, a.Dilation, a.Ceil),
        };
}
