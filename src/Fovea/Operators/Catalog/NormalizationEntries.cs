using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>Normalizations.</summary>
internal static class NormalizationEntries
{
    private static readonly InputSlot[] Affine =
    [
        InputSlots.X,
        new("weight", SlotKind.Parameter, IsOptional: true) { IsPresent = HasWeight },
        new("bias", SlotKind.Parameter, IsOptional: true) { IsPresent = HasWeight },
    ];

    private static readonly InputSlot[] Tracked =
    [
        .. Affine,
        .. Running("running_mean", "running_var", "num_batches_tracked"),
    ];

    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        Statistics(
                "batchnorm",
                "each channel by its statistics over the batch",
                context => new(DimsOf(context), context.Channels) { Training = context.IsTraining },
                usual: true,
                typeof(BatchNormalization)
            )
            .Trailing(LayerFields.Dims)
            .MadeBy((a, owner) => new BatchNormalization(a) { Owner = owner })
            .Where(a => !a.IsInstance, _ => true),
        Statistics(
                "instancenorm",
                "each channel of each item by its own statistics",
                context =>
                    new(context.Spatial, context.Channels, Affine: false, Running: false)
                    {
                        IsInstance = true,
                        Training = context.IsTraining,
                    },
                usual: false,
                typeof(GroupNormalizationOperator),
                typeof(BatchNormalization)
            )
            .MadeBy(
                (a, owner) =>
                    a.UsesBatch
                        ? new GroupNormalizationOperator(a) { Owner = owner }
                        : new BatchNormalization(a) { Owner = owner }
            )
            .Where(a => a.IsInstance, _ => true),
        new OperatorEntry<GroupNormAttributes>(
            "groupnorm",
            Normalization,
            "each group of channels of each item by its own statistics",
            context => new(1, context.Channels),
            typeof(GroupNormalizationOperator)
        )
            .Takes(Affine)
            .Needs("groups", OptionTypes.Integer, a => a.Groups, (a, v) => a with { Groups = v })
            .Option("epsilon", OptionTypes.Number, a => a.Epsilon, (a, v) => a with { Epsilon = v }, 1e-5)
            .Option("affine", OptionTypes.Flag, a => a.Affine, (a, v) => a with { Affine = v }, true)
            .ByPosition("groups")
            .MadeBy((a, owner) => new GroupNormalizationOperator(a) { Owner = owner }),
        new OperatorEntry<LayerNormAttributes>(
            "layernorm",
            Normalization,
            "the last axes of each item by their own statistics",
            context => new(context.Input.Rank > 0 ? Shape.Create(context.Input.Sizes[1..]) : []),
            typeof(LayerNormalizationOperator)
        )
            .Takes(Affine)
            .Following(
                "shape",
                OptionTypes.Sizes,
                a => a.Normalized,
                (a, v) => a with { Normalized = v },
                a => a.Normalized,
                isAlwaysWritten: true
            )
            .Option("epsilon", OptionTypes.Number, a => a.Epsilon, (a, v) => a with { Epsilon = v }, 1e-5)
            .Option("affine", OptionTypes.Flag, a => a.Affine, (a, v) => a with { Affine = v }, true)
            .ByPosition("shape")
            .MadeBy((a, owner) => new LayerNormalizationOperator(a) { Owner = owner }),
    ];

    private static OperatorEntry<BatchNormAttributes> Statistics(
        string word,
        string summary,
        Func<OptionContext, BatchNormAttributes> start,
        bool usual,
        params Type[] types
    ) =>
        new OperatorEntry<BatchNormAttributes>(word, Normalization, summary, start, types)
            .Takes(Tracked)
            .Option("epsilon", OptionTypes.Number, a => a.Epsilon, (a, v) => a with { Epsilon = v }, 1e-5)
            .Option("momentum", OptionTypes.Momentum, a => a.Momentum, (a, v) => a with { Momentum = v }, (double?)0.1)
            .Option("affine", OptionTypes.Flag, a => a.Affine, (a, v) => a with { Affine = v }, usual)
            .Option("running", OptionTypes.Flag, a => a.Running, (a, v) => a with { Running = v }, usual);

    private static int DimsOf(OptionContext context) => context.Input.Rank <= 3 ? 1 : context.Input.Rank - 2;

    private static bool HasWeight(OperatorAttributes attributes) =>
        attributes switch
        {
            BatchNormAttributes a => a.Affine,
            GroupNormAttributes a => a.Affine,
            LayerNormAttributes a => a.Affine,
            _ => false,
        };

    private static InputSlot[] Running(params string[] names) =>
        Array.ConvertAll(
            names,
            name => new InputSlot(name, SlotKind.State, IsOptional: true)
            {
                IsPresent = a => a is BatchNormAttributes { Running: true },
            }
        );
}
