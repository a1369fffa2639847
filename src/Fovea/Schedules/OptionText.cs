using System.Globalization;

namespace Fovea;

/// <summary>A text such as <c>sgd,momentum=0.9,nesterov</c>: a name, perhaps with a value, then options and
/// flags.</summary>
internal sealed class OptionText
{
    private readonly Dictionary<string, string?> _options = [];
    private readonly string _subject;

    private OptionText(string kind, string name, string? value)
    {
        _subject = $"{kind} '{name}'";
        Name = name;
        Value = value;
    }

    /// <summary>What stands first, in lower case.</summary>
    public string Name { get; }

    /// <summary>What follows the name after an equals sign; null where there is none.</summary>
    public string? Value { get; }

    /// <summary>Takes a text apart; the name must be one of the forms, the options those the form has.</summary>
    /// <param name="kind">What messages call it, e.g. <c>Schedule</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="forms">The known forms, written as examples with every option: the first word is the name.</param>
    public static OptionText Parse(string kind, string text, IReadOnlyList<string> forms)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        (string name, string? value) = Divide(parts[0]);
        string? form = forms.FirstOrDefault(f => Divide(f.Split(',')[0]).Name == name);
        if (form is null)
        {
            throw new ArgumentException(
                $"{kind}: must begin with one of {string.Join(", ", forms.Select(f => Divide(f.Split(',')[0]).Name))}, got '{text}'. Forms: {string.Join("; ", forms)}."
            );
        }

        OptionText result = new(kind, name, value);
        string[] formParts = form.Split(',');
        bool wantsValue = Divide(formParts[0]).Value is not null;
        if (wantsValue != value is not null)
        {
            throw new ArgumentException(
                $"{result._subject}: {(wantsValue ? "needs a value after its name" : "takes no value after its name")}, got '{parts[0]}'. Form: {form}."
            );
        }

        string[] known = [.. formParts.Skip(1).Select(p => Divide(p).Name)];
        foreach (string part in parts.Skip(1))
        {
            result.Add(part, known);
        }

        return result;
    }

    /// <summary>A number option.</summary>
    public double Number(string key, double otherwise) =>
        _options.TryGetValue(key, out string? text) ? ToNumber(key, text) : otherwise;

    /// <summary>The value after the name, as a number.</summary>
    public double NumberValue() => ToNumber(Name, Value);

    /// <summary>A whole number, 0 or more.</summary>
    public int Whole(string key, int otherwise)
    {
        if (!_options.TryGetValue(key, out string? text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new ArgumentException($"{_subject}: {key} must be a whole number, got '{text}'.");
    }

    /// <summary>Whether a flag stands there.</summary>
    public bool Flag(string key)
    {
        if (!_options.TryGetValue(key, out string? text))
        {
            return false;
        }

        return text switch
        {
            null or "true" => true,
            "false" => false,
            _ => throw new ArgumentException(
                $"{_subject}: {key} is a flag, alone or with true or false, got '{text}'."
            ),
        };
    }

    /// <summary>A length in optimizer steps: <c>500</c>, or in epochs: <c>30ep</c>; 0 where the option is
    /// absent.</summary>
    public long Length(string key, long stepsPerEpoch) =>
        _options.TryGetValue(key, out string? text) ? ToLength(key, text, stepsPerEpoch) : 0;

    /// <summary>The value after the name as lengths with slashes between, see <see cref="Length"/>.</summary>
    public long[] LengthsValue(long stepsPerEpoch) =>
        [.. Value!.Split('/').Select(t => ToLength(Name, t, stepsPerEpoch))];

    private static (string Name, string? Value) Divide(string part)
    {
        int sign = part.IndexOf('=', StringComparison.Ordinal);
        return sign < 0
            ? (part.Trim().ToLowerInvariant(), null)
            : (part[..sign].Trim().ToLowerInvariant(), part[(sign + 1)..].Trim());
    }

    private void Add(string part, string[] known)
    {
        (string key, string? value) = Divide(part);
        if (!known.Contains(key))
        {
            throw new ArgumentException($"{_subject}: options are {string.Join(", ", known)}; got '{part}'.");
        }

        if (!_options.TryAdd(key, value))
        {
            throw new ArgumentException($"{_subject}: an option may be given once, got {key} twice.");
        }
    }

    private double ToNumber(string key, string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value)
            ? value
            : throw new ArgumentException($"{_subject}: {key} must be a number, got '{text}'.");

    private long ToLength(string key, string? text, long stepsPerEpoch)
    {
        bool epochs = text?.EndsWith("ep", StringComparison.OrdinalIgnoreCase) == true;
        bool isNumber = double.TryParse(
            epochs ? text![..^2] : text,
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out double number
        );
        double steps = Math.Round(epochs ? number * stepsPerEpoch : number);
        return isNumber && steps >= 0 && steps <= 1e15 && (epochs || number == steps)
            ? (long)steps
            : throw new ArgumentException(
                $"{_subject}: {key} must be a length in optimizer steps, such as 500, or in epochs, such as 30ep; got '{text}'."
            );
    }
}
