using Fovea.Kernels;
using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>Convolutions, linear layers and resampling.</summary>
internal static class ConvolutionEntries
{
    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        new OperatorEntry<ConvolutionAttributes>(
            "conv",
            OperatorFamily.Convolution,
            "filters over windows of one to three spatial axes",
            context => new(context.Spatial, 1, Padding.Valid, 1),
            typeof(Convolution)
        )
            .Takes(InputSlots.X, InputSlots.Weight, InputSlots.Bias)
            .Leading(LayerFields.Out, LayerFields.Kernel)
            .ByPosition(LayerFields.Out.Name, LayerFields.Kernel.Name)
            .Option("stride", OptionTypes.PerAxis, a => a.Stride, (a, v) => a with { Stride = v }, (PerAxis)1)
            .Option("padding", OptionTypes.Padding, a => a.Padding, (a, v) => a with { Padding = v }, Padding.Valid)
            .Option("dilation", OptionTypes.PerAxis, a => a.Dilation, (a, v) => a with { Dilation = v }, (PerAxis)1)
            .Option("groups", OptionTypes.Integer, a => a.Groups, (a, v) => a with { Groups = v }, 1)
            .Option(
                "padding-mode",
                OptionTypes.PaddingMode,
                a => a.Mode,
                (a, v) => a with { Mode = v },
                PaddingMode.Zeros
            )
            .Trailing(LayerFields.Bias)
            .MadeBy(
                (a, owner) =>
                    new Convolution(a.Rank, a.Stride, a.Padding, a.Dilation, a.Groups, a.Mode) { Owner = owner }
            ),
        new OperatorEntry<TransposedConvolutionAttributes>(
            "convtranspose",
            OperatorFamily.Convolution,
            "the adjoint of a convolution, which enlarges",
            context => new(context.Spatial, 1, Padding.Valid, 0, 1),
            typeof(TransposedConvolution)
        )
            .Takes(InputSlots.X, InputSlots.Weight, InputSlots.Bias)
            .Leading(LayerFields.Out, LayerFields.Kernel)
            .ByPosition(LayerFields.Out.Name, LayerFields.Kernel.Name)
            .Option("stride", OptionTypes.PerAxis, a => a.Stride, (a, v) => a with { Stride = v }, (PerAxis)1)
            .Option("padding", OptionTypes.Padding, a => a.Padding, (a, v) => a with { Padding = v }, Padding.Valid)
            .Option("dilation", OptionTypes.PerAxis, a => a.Dilation, (a, v) => a with { Dilation = v }, (PerAxis)1)
            .Option("groups", OptionTypes.Integer, a => a.Groups, (a, v) => a with { Groups = v }, 1)
            .Option(
                "output-padding",
                OptionTypes.PerAxis,
                a => a.OutputPadding,
                (a, v) => a with { OutputPadding = v },
                (PerAxis)0
            )
            .Trailing(LayerFields.Bias)
            .MadeBy(
                (a, owner) =>
                    new TransposedConvolution(a.Rank, a.Stride, a.Padding, a.OutputPadding, a.Dilation, a.Groups)
                    {
                        Owner = owner,
                    }
            ),
        new OperatorEntry<NoAttributes>(
            "linear",
            Product,
            "the last axis times a matrix",
            _ => new NoAttributes(),
            typeof(LinearOperator)
        )
            .Takes(InputSlots.X, InputSlots.Weight, InputSlots.Bias)
            .Leading(LayerFields.Out)
            .ByPosition(LayerFields.Out.Name)
            .Trailing(LayerFields.Bias)
            .MadeBy((_, owner) => new LinearOperator { Owner = owner }),
        Upsample(),
    ];

    private static OperatorEntry<UpsampleAttributes> Upsample() =>
        new OperatorEntry<UpsampleAttributes>(
            "upsample",
            Resampling,
            "the spatial axes brought to another size",
            _ => new(UpsampleMode.Nearest, default, null, false),
            typeof(UpsampleOperator)
        )
            .Option(
                "mode",
                OptionTypes.Word<UpsampleMode>(),
                a => a.Mode,
                (a, v) => a with { Mode = v },
                UpsampleMode.Nearest,
                isAlwaysWritten: true
            )
            .Option("scale", OptionTypes.Scales, a => a.Scale, (a, v) => a with { Scale = v }, default(ScaleList))
            .Option("size", OptionTypes.OptionalPerAxis, a => a.Size, (a, v) => a with { Size = v }, (PerAxis?)null)
            .Option(
                "align-corners",
                OptionTypes.Flag,
                a => a.AlignCorners,
                (a, v) => a with { AlignCorners = v },
                false
            )
            .ByPosition("scale")
            .Refusing(options => Either(options.Has("scale"), options.Has("size")))
            .MadeBy(
                (a, owner) =>
                    new UpsampleOperator(a.Mode, Either(a).Scale.Values, a.Size, a.AlignCorners) { Owner = owner }
            )
            .InLayer(a =>
                Either(a).Size is { } size
                    ? Fovea.Upsample.ToSize(size, a.Mode, a.AlignCorners)
                    : Fovea.Upsample.ByScales(a.Scale.Values!, a.Mode, a.AlignCorners)
            );

    private static UpsampleAttributes Either(UpsampleAttributes a) =>
        Either(a.Scale.Values is not null, a.Size is not null) is { } error ? throw new ArgumentException(error) : a;

    private static string? Either(bool hasScale, bool hasSize) =>
        hasScale == hasSize ? $"upsample: give either a scale or a size, got {(hasSize ? "both" : "neither")}." : null;
}
