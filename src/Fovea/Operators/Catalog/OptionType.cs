using System.Globalization;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Reads a value that came as text; with <c>isRequired</c> it must be given.</summary>
internal delegate T ReadOption<T>(OptionReader options, string name, bool isRequired, T usual);

/// <summary>A kind of value that options have: how it is read from text and written as text, each the reverse of the
/// other.</summary>
/// <param name="Read">Reads it.</param>
/// <param name="Write">Writes it.</param>
/// <param name="IsUsual">Whether a value means the same as the usual one; null for equality.</param>
internal sealed record OptionType<T>(ReadOption<T> Read, Func<T, string> Write, Func<T, T, bool>? IsUsual = null);

/// <summary>The kinds of values.</summary>
internal static class OptionTypes
{
    /// <summary>A whole number.</summary>
    public static OptionType<int> Integer { get; } =
        new(
            (o, name, isRequired, usual) => o.Integer(name, isRequired ? null : usual),
            v => v.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>A whole number; a multiple of the batch is written with <c>N</c>, and cannot be read.</summary>
    public static OptionType<OpenSize> OpenSize { get; } =
        new((o, name, isRequired, usual) => o.Integer(name, isRequired ? null : usual.Value), v => v.ToString());

    /// <summary>A whole number or none.</summary>
    public static OptionType<int?> OptionalInteger { get; } =
        new((o, name, _, _) => o.Has(name) ? o.Integer(name) : null, v => $"{v}");

    /// <summary>A label of a class or none.</summary>
    public static OptionType<long?> Label { get; } =
        new(
            (o, name, _, _) =>
                o.Text(name) is not { } text ? null
                : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long label)
                    ? label
                : throw o.Wrong(name, "a whole number"),
            v => $"{v}"
        );

    /// <summary>One number for all axes or one each, or none.</summary>
    public static OptionType<PerAxis?> OptionalPerAxis { get; } =
        new((o, name, _, _) => o.Has(name) ? o.PerAxis(name) : null, v => $"{v}");

    /// <summary>Numbers with <c>x</c> between them, or none.</summary>
    public static OptionType<ScaleList> Scales { get; } =
        new(
            (o, name, _, _) =>
                new ScaleList(
                    o.Text(name) is { } text
                        ? Array.ConvertAll(
                            text.Split('x'),
                            part =>
                                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double v)
                                    ? v
                                    : throw o.Wrong(name, "numbers such as 2 or 2x1.5")
                        )
                        : null
                ),
            v => string.Join('x', (v.Values ?? []).Select(Exact))
        );

    /// <summary>A finite number, to the last bit.</summary>
    public static OptionType<double> Number { get; } =
        new((o, name, isRequired, usual) => o.Number(name, isRequired ? null : usual), Exact);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static OptionType<bool> Flag { get; } =
        new((o, name, _, usual) => o.Flag(name, usual), v => v ? "true" : "false");

    /// <summary>One number for all axes, or one each.</summary>
    public static OptionType<PerAxis> PerAxis { get; } =
        new(
            (o, name, isRequired, usual) => o.PerAxis(name, isRequired ? null : usual),
            v => v.ToString(),
            (value, usual) => value == usual || (usual.Given == 1 && value.All(v => v == usual.At(0, 1)))
        );

    /// <summary>As <see cref="PerAxis"/>; equal alone is the same.</summary>
    public static OptionType<PerAxis> ExactPerAxis { get; } = PerAxis with { IsUsual = null };

    /// <summary>A padding.</summary>
    public static OptionType<Padding> Padding { get; } =
        new((o, name, _, _) => o.Padding(name), v => v.ToString(), (value, usual) => $"{value}" == $"{usual}");

    /// <summary>What padding holds.</summary>
    public static OptionType<PaddingMode> PaddingMode { get; } = Word<PaddingMode>();

    /// <summary>An element type, as it is called in C#.</summary>
    public static OptionType<DType> ElementType { get; } =
        new(
            (o, name, _, usual) =>
                o.Text(name) is not { } text ? usual
                : Enum.TryParse(text, out DType type) && $"{type}" == text ? type
                : throw o.Wrong(name, $"one of {string.Join(", ", Enum.GetNames<DType>())}"),
            v => $"{v}"
        );

    /// <summary>Whole numbers with <c>x</c> between them.</summary>
    public static OptionType<NumberList> Integers { get; } =
        new((o, name, _, _) => new NumberList(o.Integers(name)), v => string.Join('x', v.ToArray()));

    /// <summary>The sizes of a shape, with <c>x</c> between them.</summary>
    public static OptionType<Shape> Sizes { get; } =
        new(
            (o, name, _, usual) => o.Has(name) ? Shape.Create(o.Integers(name)) : usual,
            v => string.Join('x', v.Sizes.ToArray())
        );

    /// <summary>A shape of which sizes may be multiples of the batch: <c>[N, 3]</c>.</summary>
    public static OptionType<SymbolicShape> OpenShape { get; } =
        new(
            (o, name, _, usual) =>
                o.Text(name) is not { } text ? usual
                : SymbolicShape.TryParse(text, out SymbolicShape shape) ? shape
                : throw o.Wrong(name, "a shape such as [N, 3, 2N]"),
            v => $"{v}"
        );

    /// <summary>A ReLU behind a normalization, and whether a residual is added before it.</summary>
    public static OptionType<(bool Relu, bool Residual)> Rectified { get; } =
        new(
            (o, name, _, usual) =>
                o.Text(name) switch
                {
                    null => usual,
                    "true" => (true, false),
                    "residual" => (true, true),
                    _ => throw o.Wrong(name, "true or residual"),
                },
            v => v.Residual ? "residual" : "true"
        );

    /// <summary>The weight of the newest batch, or <c>average</c> for null.</summary>
    public static OptionType<double?> Momentum { get; } =
        new(
            (o, name, _, usual) =>
                o.Text(name) is not { } text ? usual
                : text == "average" ? null
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) ? share
                : throw o.Wrong(name, "a number from 0 to 1, or 'average' for the plain average over all batches"),
            v => v is { } share ? Exact(share) : "average"
        );

    /// <summary>A word of an enumeration, in lower case.</summary>
    public static OptionType<T> Word<T>()
        where T : struct, Enum => new((o, name, _, usual) => o.Word(name, usual), v => v.ToString().ToLowerInvariant());

    /// <summary>A number to the last bit.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
