using System.Globalization;

namespace Fovea.Models;

/// <summary>A model's name and arguments as text: <c>resnet20</c>, <c>resnet20(classes=10,channels=1)</c>.</summary>
public sealed class ModelArguments
{
    private readonly Dictionary<string, string> _values;

    private ModelArguments(string name, Dictionary<string, string> values)
    {
        Name = name;
        _values = values;
    }

    /// <summary>The name in front of the parenthesis, in lower case.</summary>
    public string Name { get; }

    /// <summary>The names of the arguments given.</summary>
    public IReadOnlyCollection<string> Given => _values.Keys;

    /// <summary>Reads the text.</summary>
    /// <param name="text">A name, or a name and <c>argument=value</c> pairs in parentheses, separated by
    /// commas.</param>
    /// <exception cref="ArgumentException">The text has another form, or gives an argument twice.</exception>
    public static ModelArguments Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int open = trimmed.IndexOf('(', StringComparison.Ordinal);
        string name = (open < 0 ? trimmed : trimmed[..open]).Trim().ToLowerInvariant();
        if (name.Length == 0 || (open >= 0 && !trimmed.EndsWith(')')))
        {
            throw new ArgumentException($"Model: write a name, or name(argument=value,...), got '{text}'.");
        }

        Dictionary<string, string> values = [];
        if (open >= 0)
        {
            foreach (
                string part in trimmed[(open + 1)..^1]
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            )
            {
                string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
                if (pair.Length != 2 || pair[0].Length == 0 || pair[1].Length == 0)
                {
                    throw new ArgumentException(
                        $"Model '{name}': an argument must be written name=value, got '{part}'."
                    );
                }

                if (!values.TryAdd(pair[0].ToLowerInvariant(), pair[1]))
                {
                    throw new ArgumentException($"Model '{name}': argument '{pair[0]}' is given twice.");
                }
            }
        }

        return new ModelArguments(name, values);
    }

    /// <summary>A whole-number argument, or its default.</summary>
    /// <param name="argument">The argument's name.</param>
    /// <param name="missing">The value where it is not given.</param>
    /// <exception cref="ArgumentException">The value is not a whole number of 1 to 1,000,000.</exception>
    public int Integer(string argument, int missing)
    {
        if (!_values.TryGetValue(argument, out string? text))
        {
            return missing;
        }

        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value is >= 1 and <= 1_000_000
            ? value
            : throw new ArgumentException(
                $"Model '{Name}': {argument} must be a whole number of 1 to 1,000,000, got '{text}'."
            );
    }

    /// <summary>A number argument, or its default.</summary>
    /// <param name="argument">The argument's name.</param>
    /// <param name="missing">The value where it is not given.</param>
    /// <param name="low">Smallest value allowed.</param>
    /// <param name="high">Largest value allowed.</param>
    /// <exception cref="ArgumentException">The value is not a number from <paramref name="low"/> to
    /// <paramref name="high"/>.</exception>
    public double Number(string argument, double missing, double low, double high)
    {
        if (!_values.TryGetValue(argument, out string? text))
        {
            return missing;
        }

        return
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= low
            && value <= high
            ? value
            : throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Model '{Name}': {argument} must be a number from {low} to {high}, got '{text}'."
                )
            );
    }

    /// <summary>A word argument, or its default, the first of the choices.</summary>
    /// <param name="argument">The argument's name.</param>
    /// <param name="choices">The words allowed, in lower case; the first stands where the argument is not
    /// given.</param>
    /// <exception cref="ArgumentException">The value is not one of the words.</exception>
    public string Choice(string argument, params ReadOnlySpan<string> choices)
    {
        string value = _values.TryGetValue(argument, out string? text) ? text.ToLowerInvariant() : choices[0];
        return choices.Contains(value)
            ? value
            : throw new ArgumentException(
                $"Model '{Name}': {argument} must be one of {string.Join(", ", choices.ToArray())}, got '{text}'."
            );
    }

    /// <summary>The arguments in the text form, with the given ones replaced or added.</summary>
    /// <param name="resolved">Values that were filled in, such as classes and channels of the data.</param>
    public string ToString(params ReadOnlySpan<(string Name, int Value)> resolved)
    {
        SortedDictionary<string, string> all = new(_values, StringComparer.Ordinal);
        foreach ((string name, int value) in resolved)
        {
            all[name] = value.ToString(CultureInfo.InvariantCulture);
        }

        return $"{Name}({string.Join(",", all.Select(a => $"{a.Key}={a.Value}"))})";
    }

    /// <inheritdoc/>
    public override string ToString() => ToString([]);
}
