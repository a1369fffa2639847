using Fovea.Kernels;

namespace Fovea;

/// <summary>What losses are computed with.</summary>
internal static class LossEntries
{
    private static readonly InputSlot Targets = new("target", SlotKind.Target);
    private static readonly InputSlot Weights = new("class_weights", SlotKind.Target, IsOptional: true);

    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        Reading(
                new OperatorEntry<ClassTargetOptions>(
                    "crossentropy",
                    OperatorFamily.Loss,
                    "cross entropy of logits with class targets, one loss a position",
                    _ => new(0.0, null, true),
                    typeof(CrossEntropyOperator)
                ),
                a => a,
                (_, v) => v
            )
            .Takes(InputSlots.X, Targets, Weights)
            .MadeBy((a, owner) => new CrossEntropyOperator(a) { Owner = owner }),
        Reading(
                new OperatorEntry<ClassDistributionAttributes>(
                    "classdistribution",
                    OperatorFamily.Loss,
                    "class targets written out, one number for each class",
                    _ => new(new(0.0, null, true), 1, DType.Float32),
                    typeof(ClassDistribution)
                ),
                a => a.Targets,
                (a, v) => a with { Targets = v }
            )
            .Takes(Targets, Weights)
            .Needs("classes", OptionTypes.Integer, a => a.Classes, (a, v) => a with { Classes = v })
            .Option("type", OptionTypes.ElementType, a => a.Type, (a, v) => a with { Type = v }, DType.Float32)
            .MadeBy((a, owner) => new ClassDistribution(a) { Owner = owner }),
        new OperatorEntry<LabelWeightAttributes>(
            "labelweight",
            OperatorFamily.Loss,
            "the total weight of labels",
            _ => new(null, DType.Float32),
            typeof(LabelWeight)
        )
            .Takes(Targets, Weights)
            .Option("ignored", OptionTypes.Label, a => a.Ignored, (a, v) => a with { Ignored = v }, (long?)null)
            .Option("type", OptionTypes.ElementType, a => a.Type, (a, v) => a with { Type = v }, DType.Float32)
            .MadeBy((a, owner) => new LabelWeight(a) { Owner = owner }),
        ArithmeticEntries
            .Each("huber", "x x / 2 up to delta, then a line", "Huber", new HuberFunction(1.0), OperatorFamily.Loss)
            .Option("delta", OptionTypes.Number, a => a.Function.Delta, (a, v) => a.With(new(v)), 1.0),
        ArithmeticEntries.Each("xlogx", "x ln(x), 0 at 0", "XLogX", default(XLogXFunction), OperatorFamily.Loss),
        new OperatorEntry<CountAttributes>(
            "dividebycount",
            OperatorFamily.Loss,
            "x over a number of elements",
            _ => new(SymbolicShape.Fixed([]), 0, false),
            typeof(DivideByCount)
        )
            .Option("counted", OptionTypes.OpenShape, a => a.Counted, (a, v) => a with { Counted = v }, default, true)
            .Option("correction", OptionTypes.Integer, a => a.Correction, (a, v) => a with { Correction = v }, 0)
            .Option("empty-is-one", OptionTypes.Flag, a => a.EmptyIsOne, (a, v) => a with { EmptyIsOne = v }, false)
            .MadeBy((a, owner) => new DivideByCount(a) { Owner = owner }),
    ];

    /// <summary>Adds how class targets are read.</summary>
    public static OperatorEntry<TAttributes> Reading<TAttributes>(
        OperatorEntry<TAttributes> entry,
        Func<TAttributes, ClassTargetOptions> get,
        Func<TAttributes, ClassTargetOptions, TAttributes> set
    )
        where TAttributes : OperatorAttributes =>
        entry
            .Option(
                "smoothing",
                OptionTypes.Number,
                a => get(a).Smoothing,
                (a, v) => set(a, get(a) with { Smoothing = v }),
                0.0
            )
            .Option(
                "ignored",
                OptionTypes.Label,
                a => get(a).Ignored,
                (a, v) => set(a, get(a) with { Ignored = v }),
                (long?)null
            )
            .Option(
                "labels",
                OptionTypes.Flag,
                a => get(a).AreLabels,
                (a, v) => set(a, get(a) with { AreLabels = v }),
                true
            );
}
