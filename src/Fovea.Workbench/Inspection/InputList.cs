using System.Globalization;

namespace Fovea.Workbench;

/// <summary>Shapes of the items of several inputs as text: <c>1x28x28,1x28x28</c> in the network's order, or by name,
/// <c>left=1x28x28,right=1x28x28</c>. A number alone is a vector.</summary>
public sealed class InputList
{
    private readonly (string? Name, Shape Item)[] _items;

    private InputList(string text, (string? Name, Shape Item)[] items) => (Text, _items) = (text, items);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Whether a text lists inputs, or names one: it is no <see cref="InputRange"/> then.</summary>
    /// <param name="text">The text.</param>
    public static bool IsList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny(',', '=');
    }

    /// <summary>Reads the text.</summary>
    /// <param name="text">Shapes with commas between, all with names or none.</param>
    /// <exception cref="ArgumentException">A shape has another form or is a range, or some have names and others have
    /// not.</exception>
    public static InputList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string? Name, Shape Item)[] items = [.. text.Split(',').Select(word => Item(text, word.Trim()))];
        string?[] names = [.. items.Select(i => i.Name)];
        if (names.Contains(null) && names.Any(n => n is not null))
        {
            throw new ArgumentException($"--input '{text}': name every input, or none: left=1x28x28,right=1x28x28.");
        }

        return names.Where(n => n is not null).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new ArgumentException($"--input '{text}': the input '{twice.Key}' is given twice.")
            : new InputList(text.Trim(), items);
    }

    /// <summary>The shapes in the order of a network's inputs.</summary>
    /// <param name="names">What the network calls them.</param>
    /// <exception cref="ArgumentException">There are more or fewer, or a name is none of the network's.</exception>
    public IReadOnlyList<Shape> For(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (_items.FirstOrDefault(i => i.Name is not null && !names.Contains(i.Name)).Name is { } unknown)
        {
            throw Wrong($"there is no input '{unknown}'", names);
        }

        if (_items.Length != names.Count)
        {
            throw Wrong($"{_items.Length} {(_items.Length == 1 ? "shape is" : "shapes are")} given", names);
        }

        return _items[0].Name is null
            ? [.. _items.Select(i => i.Item)]
            : [.. names.Select(name => Array.Find(_items, i => i.Name == name).Item)];
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private ArgumentException Wrong(string what, IReadOnlyList<string> names) =>
        new(
            $"--input {Text}: {what}; the network has {(names.Count == 1 ? "one input" : $"{names.Count} inputs")}, {string.Join(", ", names)}."
        );

    private static (string? Name, Shape Item) Item(string text, string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string? name = equals < 0 ? null : word[..equals].Trim();
        if (name is { Length: 0 })
        {
            throw new ArgumentException($"--input '{text}': found '=' with no name before it.");
        }

        string shape = word[(equals + 1)..].Trim();
        if (int.TryParse(shape, NumberStyles.None, CultureInfo.InvariantCulture, out int values))
        {
            return values is >= 1 and <= InputRange.LargestSize
                ? (name, [values])
                : throw new ArgumentException(
                    $"--input '{text}': a size must be 1 to {InputRange.LargestSize:N0}, got '{shape}'."
                );
        }

        InputRange range = InputRange.Parse(shape);
        return range.IsRange
            ? throw new ArgumentException(
                $"--input '{text}': a range is for a network of one input; give each input one size."
            )
            : (name, range.Items(range.Written)[0]);
    }
}
