using Fovea.Kernels;
using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>What rules of gradients are written with. They have no word in network text; their options are written all the
/// same, and most can be made from them.</summary>
internal static class GradientEntries
{
    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        new FunctionGradientEntry(),
        new OperatorEntry<MatMulAttributes>(
            "matmultransposed",
            Gradient,
            "the product of matrices of which some are given transposed",
            _ => new(),
            typeof(MatMul)
        )
            .Takes(InputSlots.A, InputSlots.B)
            .Option(
                "transpose-first",
                OptionTypes.Flag,
                a => a.TransposeFirst,
                (a, v) => a with { TransposeFirst = v },
                false
            )
            .Option(
                "transpose-second",
                OptionTypes.Flag,
                a => a.TransposeSecond,
                (a, v) => a with { TransposeSecond = v },
                false
            )
            .MadeBy((a, owner) => new MatMul(a.TransposeFirst, a.TransposeSecond) { Owner = owner }),
        new OperatorEntry<ElementwiseAttributes<ScaleShiftFunction>>(
            "scale",
            Gradient,
            "x times a factor, so that zeros keep their signs",
            _ => new("Scale", new(1.0, 0.0)),
            typeof(ElementwiseGradient<>)
        )
            .Needs("factor", OptionTypes.Number, a => a.Function.Scale, (a, v) => a.With(a.Function with { Scale = v }))
            .MadeBy((a, owner) => new ElementwiseGradient<ScaleShiftFunction>(a.Name, a.Function) { Owner = owner })
            .Where(a => a.Name == "Scale", _ => true),
        Plain("extremegradient", "the share of the larger of two", typeof(ExtremeGradient))
            .MadeBy((_, owner) => new ExtremeGradient { Owner = owner }),
        Plain("prelugradient", "the gradient of x of a learned slope", typeof(PReluGradient))
            .MadeBy((_, owner) => new PReluGradient { Owner = owner }),
        Softmax("softmaxgradient", isLogarithm: false),
        Softmax("logsoftmaxgradient", isLogarithm: true),
        LossEntries
            .Reading(
                new OperatorEntry<ClassTargetOptions>(
                    "crossentropygradient",
                    Gradient,
                    "the gradient of the logits of a cross entropy",
                    _ => new(0.0, null, true),
                    typeof(CrossEntropyGradient)
                ),
                a => a,
                (_, v) => v
            )
            .MadeBy((a, owner) => new CrossEntropyGradient(a) { Owner = owner }),
        .. Shapes(),
        .. Normalizations(),
    ];

    private static IEnumerable<OperatorEntry> Shapes() =>
        [
            new OperatorEntry<ExpandAttributes>(
                "expand",
                Gradient,
                "repeated to a larger shape",
                _ => new(default, false),
                typeof(Expand)
            )
                .Option("shape", OptionTypes.OpenShape, a => a.Shape, (a, v) => a with { Shape = v }, default, true)
                .Option("mean", OptionTypes.Flag, a => a.IsMean, (a, v) => a with { IsMean = v }, false)
                .MadeBy((a, owner) => new Expand(a) { Owner = owner }),
            new OperatorEntry<ReshapeAttributes>(
                "reshapeto",
                Gradient,
                "the same elements under a whole shape",
                _ => new("Reshape", new ReshapeShape(default)),
                typeof(Reshape)
            )
                .Option(
                    "shape",
                    OptionTypes.OpenShape,
                    a => ((ReshapeShape)a.Form).Shape,
                    (a, v) => a with { Form = new ReshapeShape(v) },
                    default,
                    true
                )
                .MadeBy((a, owner) => new Reshape(a) { Owner = owner })
                .Where(a => a.Form is ReshapeShape, _ => true),
            new OperatorEntry<SumOverAttributes>(
                "sumover",
                Gradient,
                "the sum over what was repeated",
                _ => new(0, default, false),
                typeof(SumOver)
            )
                .Needs("leading", OptionTypes.Integer, a => a.Leading, (a, v) => a with { Leading = v })
                .Option("axes", OptionTypes.Integers, a => a.Axes, (a, v) => a with { Axes = v }, default(NumberList))
                .Option("mean", OptionTypes.Flag, a => a.IsMean, (a, v) => a with { IsMean = v }, false)
                .MadeBy((a, owner) => new SumOver(a) { Owner = owner }),
            new OperatorEntry<ScatterAttributes>(
                "scatter",
                Gradient,
                "values put where their positions say",
                _ => new(0, default),
                typeof(Scatter)
            )
                .Needs("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v })
                .Option("shape", OptionTypes.OpenShape, a => a.Shape, (a, v) => a with { Shape = v }, default, true)
                .Option("several", OptionTypes.Flag, a => a.IsSeveral, (a, v) => a with { IsSeveral = v }, false)
                .MadeBy((a, owner) => new Scatter(a) { Owner = owner }),
            new OperatorEntry<GatherAttributes>(
                "gather",
                Gradient,
                "the values at positions",
                _ => new(0),
                typeof(Gather)
            )
                .Needs("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v })
                .Option("several", OptionTypes.Flag, a => a.IsSeveral, (a, v) => a with { IsSeveral = v }, false)
                .MadeBy((a, owner) => new Gather(a) { Owner = owner }),
            new OperatorEntry<ZerosAroundAttributes>(
                "zerosaround",
                Gradient,
                "a tensor within zeros along an axis",
                _ => new(0, 0, default),
                typeof(ZerosAround)
            )
                .Needs("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v })
                .Needs("start", OptionTypes.OpenSize, a => a.Start, (a, v) => a with { Start = v })
                .Option("size", OptionTypes.OpenShape, a => a.Size, (a, v) => a with { Size = v }, default, true)
                .MadeBy((a, owner) => new ZerosAround(a) { Owner = owner }),
            new OperatorEntry<PadGradientAttributes>(
                "padgradient",
                Gradient,
                "the gradient of a padding",
                _ => new(new PadAttributes(Padding.Valid, default, 0.0, 1), default),
                typeof(PadGradient)
            )
                .Option(
                    "padding",
                    OptionTypes.Padding,
                    a => a.Pad.Padding,
                    (a, v) => a with { Pad = a.Pad with { Padding = v } },
                    Padding.Valid,
                    true
                )
                .Option(
                    "padding-mode",
                    OptionTypes.PaddingMode,
                    a => a.Pad.Mode,
                    (a, v) => a with { Pad = a.Pad with { Mode = v } },
                    default
                )
                .Option(
                    "value",
                    OptionTypes.Number,
                    a => a.Pad.Value,
                    (a, v) => a with { Pad = a.Pad with { Value = v } },
                    0.0
                )
                .Needs(
                    "axes",
                    OptionTypes.Integer,
                    a => a.Pad.Axes,
                    (a, v) => a with { Pad = a.Pad with { Axes = v } }
                ),
        ];

    private static IEnumerable<OperatorEntry> Normalizations() =>
        [
            new OperatorEntry<BatchNormAttributes>(
                "batchnormgradient",
                Gradient,
                "the gradient of a batch normalization",
                context => new(null, context.Channels) { Training = true },
                typeof(BatchNormGradient)
            )
                .Option("epsilon", OptionTypes.Number, a => a.Epsilon, (a, v) => a with { Epsilon = v }, 1e-5)
                .Option(
                    "momentum",
                    OptionTypes.Momentum,
                    a => a.Momentum,
                    (a, v) => a with { Momentum = v },
                    (double?)0.1
                )
                .Option("affine", OptionTypes.Flag, a => a.Affine, (a, v) => a with { Affine = v }, true)
                .Option("running", OptionTypes.Flag, a => a.Running, (a, v) => a with { Running = v }, true)
                .Option("training", OptionTypes.Flag, a => a.Training, (a, v) => a with { Training = v }, true)
                .Option(
                    "relu",
                    OptionTypes.Rectified,
                    a => (a.Relu, a.Residual),
                    (a, v) => a with { Relu = v.Item1, Residual = v.Item2 },
                    (false, false)
                ),
            new OperatorEntry<GroupNormAttributes>(
                "groupnormgradient",
                Gradient,
                "the gradient of a group or instance normalization",
                context => new(1, context.Channels),
                typeof(GroupNormGradient)
            )
                .Needs("groups", OptionTypes.Integer, a => a.Groups, (a, v) => a with { Groups = v })
                .Option("epsilon", OptionTypes.Number, a => a.Epsilon, (a, v) => a with { Epsilon = v }, 1e-5)
                .Option("affine", OptionTypes.Flag, a => a.Affine, (a, v) => a with { Affine = v }, true),
            new OperatorEntry<LayerNormAttributes>(
                "layernormgradient",
                Gradient,
                "the gradient of a layer normalization",
                _ => new([]),
                typeof(LayerNormGradient)
            )
                .Option("shape", OptionTypes.Sizes, a => a.Normalized, (a, v) => a with { Normalized = v }, [])
                .Option("epsilon", OptionTypes.Number, a => a.Epsilon, (a, v) => a with { Epsilon = v }, 1e-5)
                .Option("affine", OptionTypes.Flag, a => a.Affine, (a, v) => a with { Affine = v }, true)
                .MadeBy((a, owner) => new LayerNormGradient(a) { Owner = owner }),
            new OperatorEntry<ScaleNumberAttributes>(
                "scalenumber",
                Gradient,
                "one of the saved numbers of each channel",
                _ => new(0, DType.Float32, []),
                typeof(ScaleNumber)
            )
                .Needs("column", OptionTypes.Integer, a => a.Column, (a, v) => a with { Column = v })
                .Option(
                    "type",
                    OptionTypes.ElementType,
                    a => a.Type,
                    (a, v) => a with { Type = v },
                    DType.Float32,
                    true
                )
                .Option("shape", OptionTypes.Sizes, a => a.Shape, (a, v) => a with { Shape = v }, [])
                .MadeBy((a, owner) => new ScaleNumber(a) { Owner = owner }),
            new OperatorEntry<RepeatAttributes>(
                "repeat",
                Gradient,
                "repeated to the shape of another",
                _ => new(default(NumberList)),
                typeof(RepeatAlong)
            )
                .Option("axes", OptionTypes.Integers, a => a.Axes, (a, v) => a with { Axes = v }, default)
                .MadeBy((a, owner) => new RepeatAlong(a.Axes.ToArray()) { Owner = owner }),
            new OperatorEntry<MaskAttributes>(
                "normalizationmask",
                Gradient,
                "what a ReLU behind a normalization let through",
                _ => new(false),
                typeof(NormalizationMask)
            )
                .Option("from-output", OptionTypes.Flag, a => a.FromOutput, (a, v) => a with { FromOutput = v }, false)
                .MadeBy((a, owner) => new NormalizationMask(a.FromOutput) { Owner = owner }),
        ];

    private static OperatorEntry<NoAttributes> Plain(string word, string summary, Type type) =>
        new(word, Gradient, summary, _ => new NoAttributes(), type);

    private static OperatorEntry<SoftmaxAttributes> Softmax(string word, bool isLogarithm) =>
        new OperatorEntry<SoftmaxAttributes>(
            word,
            Gradient,
            "the gradient of a softmax or its logarithm",
            _ => new(-1, isLogarithm),
            typeof(SoftmaxGradient)
        )
            .Option("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v }, -1)
            .MadeBy((a, owner) => new SoftmaxGradient(a) { Owner = owner })
            .Where(a => a.IsLogarithm == isLogarithm, _ => true);
}
