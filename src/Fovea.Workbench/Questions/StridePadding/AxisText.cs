using System.Globalization;

namespace Fovea.Workbench;

/// <summary>Words and quantities for the spatial axes.</summary>
internal static class AxisText
{
    private static readonly string[][] Names =
    [
        ["length"],
        ["height", "width"],
        ["depth", "height", "width"],
    ];

    /// <summary>The name of a spatial axis.</summary>
    /// <param name="axis">0 is the outermost.</param>
    /// <param name="rank">Spatial axes.</param>
    public static string Name(int axis, int rank) => Names[rank - 1][axis];

    /// <summary>E.g. <c>7x7</c>.</summary>
    public static string Sizes(IEnumerable<int> sizes) => string.Join("x", sizes);

    /// <summary>A number with up to four significant places behind the point.</summary>
    public static string Number(double value) =>
        value.ToString(
            Math.Abs(value) < 0.1 ? "0.####"
                : Math.Abs(value) < 10.0 ? "0.###"
                : "0.#",
            CultureInfo.InvariantCulture
        );

    /// <summary>The text of every axis: once where all say the same, else each behind its name.</summary>
    public static string ByAxis(IReadOnlyList<string> texts) =>
        texts.Distinct().Count() <= 1
            ? texts[0]
            : string.Join("; ", texts.Select((text, i) => $"{Name(i, texts.Count)}: {text}"));

    /// <summary>A quantity of every axis: once where all are the same, else each with its axis behind the
    /// name.</summary>
    public static IEnumerable<Quantity> Quantities(string name, IReadOnlyList<double> values, string unit) =>
        values.Distinct().Count() <= 1
            ? [new Quantity(name, values[0], unit)]
            : values.Select(
                (value, i) =>
                    new Quantity(
                        $"{name}{char.ToUpperInvariant(Name(i, values.Count)[0])}{Name(i, values.Count)[1..]}",
                        value,
                        unit
                    )
            );

    /// <summary>The first names, and how many more there are.</summary>
    public static string Layers(IReadOnlyList<string> names, int most = 3) =>
        names.Count <= most
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(most))} and {names.Count - most} more";
}
