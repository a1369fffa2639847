using System.Globalization;

namespace Fovea.Models;

/// <summary>Where lines are built: what stands before their labels, what <c>$</c> words mean, which names are
/// taken.</summary>
internal sealed class TextScope
{
    private readonly HashSet<string> _labels;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public TextScope(string prefix, IReadOnlyDictionary<string, string> parameters, IEnumerable<TextLine> lines) =>
        (Prefix, Parameters, _labels) = (prefix, parameters, [.. lines.Select(l => l.LabelText).OfType<string>()]);

    /// <summary>What stands before labels: empty, or it ends with a dot.</summary>
    public string Prefix { get; }

    /// <summary>The values of a block's parameters.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>The path of a line: its label, or its word with a number.</summary>
    public string Name(TextLine line, string word)
    {
        string? label = line.LabelText;
        while (label is null)
        {
            int count = _counts[word] = _counts.GetValueOrDefault(word) + 1;
            string name = string.Create(CultureInfo.InvariantCulture, $"{word}{count}");
            label = _labels.Contains(name) ? null : name;
        }

        return Prefix + label;
    }

    /// <summary>An argument's value, with <c>$</c> words, <c>classes</c> and <c>channels</c> filled in and products and
    /// quotients computed.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="channels">Channels of the layer's input; null where it has none.</param>
    /// <exception cref="NetworkTextException">A word is unknown, or a product is none of whole numbers.</exception>
    public string Value(TextArgument argument, int classes, int? channels)
    {
        string text = argument.Value;
        if (text.IndexOfAny(['$', '*', '/']) < 0 && text is not ("classes" or "channels"))
        {
            return text;
        }

        int at = 0;
        string first = Factor(argument, Part(text, ref at), classes, channels);
        if (at >= text.Length)
        {
            return first;
        }

        long product = Whole(argument, first);
        while (at < text.Length)
        {
            bool times = text[at++] == '*';
            long factor = Whole(argument, Factor(argument, Part(text, ref at), classes, channels));
            product =
                times ? product * factor
                : factor != 0 ? product / factor
                : throw argument.At.Error($"{text}: division by 0.");
            product =
                Math.Abs(product) <= int.MaxValue
                    ? product
                    : throw argument.At.Error($"{text}: the value must stay below 2^31, got {product:N0}.");
        }

        return product.ToString(CultureInfo.InvariantCulture);
    }

    private static string Part(string text, ref int at)
    {
        int end = text.AsSpan(at).IndexOfAny('*', '/') is >= 0 and int length ? at + length : text.Length;
        string part = text[at..end];
        at = end;
        return part;
    }

    private string Factor(TextArgument argument, string part, int classes, int? channels) =>
        part switch
        {
            "classes" => classes.ToString(CultureInfo.InvariantCulture),
            "channels" => channels?.ToString(CultureInfo.InvariantCulture)
                ?? throw argument.At.Error("the input has no channels."),
            ['$', .. string name] => Parameters.TryGetValue(name, out string? value)
                ? value
                : throw argument.At.Error(
                    $"found '${name}', which is no parameter here. {(Parameters.Count == 0 ? "There are none outside a block." : $"The block has {string.Join(", ", Parameters.Keys.Select(k => "$" + k))}.")}"
                ),
            _ => part,
        };

    private static long Whole(TextArgument argument, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw argument.At.Error(
                $"found '{text}' in '{argument.Value}', expected a whole number, $parameter, channels or classes."
            );
}
