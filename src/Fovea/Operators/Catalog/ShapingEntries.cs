using Fovea.Kernels;
using static Fovea.OperatorFamily;

namespace Fovea;

/// <summary>What moves elements, or changes their type.</summary>
internal static class ShapingEntries
{
    /// <summary>The entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; } =
    [
        new OperatorEntry<ConcatAttributes>(
            "concat",
            Shaping,
            "tensors behind one another along an axis",
            _ => new(1),
            typeof(Concatenate)
        )
            .Takes(InputSlots.Many)
            .Option("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v }, 1)
            .MadeBy((a, owner) => new Concatenate(a) { Owner = owner }),
        Sizes("reshape", "the same elements under another shape", "Reshape", Shaping),
        Form<SqueezeAxes>("squeeze", "without axes of size 1", "Squeeze", new(default))
            .Option(
                "axes",
                OptionTypes.Integers,
                a => ((SqueezeAxes)a.Form).Axes,
                (a, v) => a with { Form = new SqueezeAxes(v) },
                default(NumberList)
            ),
        Form<UnsqueezeAxis>("unsqueeze", "with an axis of size 1 put in", "Unsqueeze", new(0))
            .Needs(
                "axis",
                OptionTypes.Integer,
                a => ((UnsqueezeAxis)a.Form).Axis,
                (a, v) => a with { Form = new UnsqueezeAxis(v) }
            ),
        Form<FlattenAxes>("flatten", "neighbouring axes merged into one", "Flatten", new(1, -1))
            .Option(
                "start",
                OptionTypes.Integer,
                a => ((FlattenAxes)a.Form).Start,
                (a, v) => a with { Form = (FlattenAxes)a.Form with { Start = v } },
                1
            )
            .Option(
                "end",
                OptionTypes.Integer,
                a => ((FlattenAxes)a.Form).End,
                (a, v) => a with { Form = (FlattenAxes)a.Form with { End = v } },
                -1
            )
            .InLayer(a => new Flatten(((FlattenAxes)a.Form).Start, ((FlattenAxes)a.Form).End)),
        Order("permute", "Permute"),
        Order("transpose", "Transpose"),
        new OperatorEntry<FlipAttributes>("flip", Shaping, "axes run backwards", _ => new(default), typeof(Flip))
            .Needs("axes", OptionTypes.Integers, a => a.Axes, (a, v) => a with { Axes = v })
            .MadeBy((a, owner) => new Flip(a) { Owner = owner }),
        Narrow(),
        Pad(),
        new OperatorEntry<CastAttributes>(
            "cast",
            Shaping,
            "the elements converted to another type",
            _ => new(DType.Float32),
            typeof(Cast)
        )
            .Option(
                "type",
                OptionTypes.ElementType,
                a => a.Type,
                (a, v) => a with { Type = v },
                DType.Float32,
                isAlwaysWritten: true
            )
            .MadeBy((a, owner) => new Cast(a) { Owner = owner })
            .Unworded(),
        new OperatorEntry<NoAttributes>(
            "detach",
            Shaping,
            "the same elements, which gradients do not pass",
            _ => new NoAttributes(),
            typeof(StopGradient)
        ).MadeBy((_, owner) => new StopGradient { Owner = owner }),
    ];

    /// <summary>A reshape to sizes of which one may be -1.</summary>
    public static OperatorEntry<ReshapeAttributes> Sizes(
        string word,
        string summary,
        string name,
        OperatorFamily family
    ) =>
        new OperatorEntry<ReshapeAttributes>(
            word,
            family,
            summary,
            _ => new(name, new ReshapeSizes(name, default)),
            typeof(Reshape)
        )
            .Option(
                "shape",
                OptionTypes.Integers,
                a => ((ReshapeSizes)a.Form).Sizes,
                (a, v) => a with { Form = new ReshapeSizes(name, v) },
                default(NumberList)
            )
            .MadeBy((a, owner) => new Reshape(a) { Owner = owner })
            .Opened((a, input) => a with { Form = Reshape.Open(name, input, ((ReshapeSizes)a.Form).Sizes.Span) })
            .Where(a => a.Form is ReshapeSizes && a.Name == name, _ => true);

    private static OperatorEntry<ReshapeAttributes> Form<TForm>(string word, string summary, string name, TForm form)
        where TForm : ReshapeForm =>
        new OperatorEntry<ReshapeAttributes>(word, Shaping, summary, _ => new(name, form), typeof(Reshape))
            .MadeBy((a, owner) => new Reshape(a) { Owner = owner })
            .Where(a => a.Form is TForm, _ => true);

    private static OperatorEntry<PermuteAttributes> Order(string word, string name) =>
        new OperatorEntry<PermuteAttributes>(
            word,
            Shaping,
            "the axes in another order",
            _ => new(name, default),
            typeof(Permute)
        )
            .Option("order", OptionTypes.Integers, a => a.Order, (a, v) => a with { Order = v }, default(NumberList))
            .MadeBy((a, owner) => new Permute(a) { Owner = owner })
            .Where(a => a.Name == name, _ => true);

    private static OperatorEntry<NarrowAttributes> Narrow() =>
        new OperatorEntry<NarrowAttributes>(
            "narrow",
            Shaping,
            "a run of positions along an axis",
            _ => new(0, 0, 0),
            typeof(Narrow)
        )
            .Needs("axis", OptionTypes.Integer, a => a.Axis, (a, v) => a with { Axis = v })
            .Needs("start", OptionTypes.OpenSize, a => a.Start, (a, v) => a with { Start = v })
            .Needs("length", OptionTypes.OpenSize, a => a.Length, (a, v) => a with { Length = v })
            .MadeBy((a, owner) => new Narrow(a) { Owner = owner });

    private static OperatorEntry<PadAttributes> Pad() =>
        new OperatorEntry<PadAttributes>(
            "pad",
            Shaping,
            "padding around the last axes",
            _ => new(Padding.Valid, PaddingMode.Zeros, 0.0, 1),
            typeof(Pad)
        )
            .Option(
                "padding",
                OptionTypes.Padding,
                a => a.Padding,
                (a, v) => a with { Padding = v },
                Padding.Valid,
                isAlwaysWritten: true
            )
            .Option(
                "padding-mode",
                OptionTypes.PaddingMode,
                a => a.Mode,
                (a, v) => a with { Mode = v },
                PaddingMode.Zeros
            )
            .Option("value", OptionTypes.Number, a => a.Value, (a, v) => a with { Value = v }, 0.0)
            .Needs("axes", OptionTypes.Integer, a => a.Axes, (a, v) => a with { Axes = v })
            .MadeBy((a, owner) => new Pad(a) { Owner = owner });
}
