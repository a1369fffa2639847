using System.Globalization;

namespace Fovea;

/// <summary>Reads options that came as text, such as <see cref="Operator.Options"/>, and notes which were asked for:
/// what nobody asked for is an error.</summary>
/// <remarks>The <see cref="ArgumentException.ParamName"/> of what it throws is the option's name.</remarks>
public sealed class OptionReader
{
    private readonly string _subject;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    /// <summary>Starts reading.</summary>
    /// <param name="subject">What messages begin with, e.g. <c>conv</c>.</param>
    /// <param name="options">The options given.</param>
    /// <exception cref="ArgumentException">An option is given twice.</exception>
    public OptionReader(string subject, IEnumerable<OperatorOption> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _subject = subject;
        foreach (OperatorOption option in options)
        {
            if (!_given.TryAdd(option.Name, option.Value))
            {
                throw new ArgumentException($"{subject}: {option.Name} is given twice.", option.Name);
            }
        }
    }

    /// <summary>The options that were asked for so far.</summary>
    public IReadOnlyList<string> Known => _known;

    /// <summary>The options given that were not asked for so far.</summary>
    public IEnumerable<string> Unknown => _given.Keys.Where(name => !_known.Contains(name));

    /// <summary>Whether an option is given.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => Text(name) is not null;

    /// <summary>An option as it stands; null where it is not given.</summary>
    /// <param name="name">Its name.</param>
    public string? Text(string name)
    {
        if (!_known.Contains(name))
        {
            _known.Add(name);
        }

        return _given.GetValueOrDefault(name);
    }

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="usual">The value where it is not given; null where it must be.</param>
    /// <exception cref="ArgumentException">It is no whole number of 32 bits, or missing.</exception>
    public int Integer(string name, int? usual = null) =>
        Read(
            name,
            usual,
            "a whole number",
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        );

    /// <summary>A number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="usual">The value where it is not given; null where it must be.</param>
    /// <exception cref="ArgumentException">It is no finite number, or missing.</exception>
    public double Number(string name, double? usual = null) =>
        Read(
            name,
            usual,
            "a number",
            (string text, out double value) =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                && double.IsFinite(value)
        );

    /// <summary><c>true</c> or <c>false</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="usual">The value where it is not given.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public bool Flag(string name, bool usual) =>
        Read<bool>(
            name,
            usual,
            "true or false",
            (string text, out bool value) => (value = text == "true") || text == "false"
        );

    /// <summary>One number for all axes, or one for each: <c>3</c>, <c>3x1</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="usual">The value where it is not given; null where it must be.</param>
    /// <exception cref="ArgumentException">It has another form, or is missing.</exception>
    public PerAxis PerAxis(string name, PerAxis? usual = null) =>
        Read(name, usual, "one to three whole numbers such as 3 or 3x1", Fovea.PerAxis.TryParse);

    /// <summary>A padding: <c>1</c>, <c>1x2</c>, <c>0+1</c>, <c>same</c>, <c>same-tensorflow</c>, <c>causal</c>; none
    /// where it is not given.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">It has another form.</exception>
    public Padding Padding(string name) =>
        Read<Padding>(
            name,
            Fovea.Padding.Valid,
            "a number, 1x2, 0+1, same, same-tensorflow or causal",
            Fovea.Padding.TryParse
        );

    /// <summary>A word of an enumeration, in lower case.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="usual">The value where it is not given.</param>
    /// <exception cref="ArgumentException">It is none of the words.</exception>
    public T Word<T>(string name, T usual)
        where T : struct, Enum =>
        Read<T>(
            name,
            usual,
            $"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}",
            (string text, out T value) =>
                Enum.TryParse(text, ignoreCase: true, out value)
                && Enum.IsDefined(value)
                && text.All(c => char.IsAsciiLetterLower(c))
        );

    /// <summary>Whole numbers with <c>x</c> between them: <c>2x3</c>, <c>-1x64</c>; none where it is not
    /// given.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">It has another form.</exception>
    public int[] Integers(string name)
    {
        if (Text(name) is not { } text)
        {
            return [];
        }

        string[] parts = text.Split('x');
        int[] values = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[i]))
            {
                throw Wrong(name, "whole numbers such as 2x3");
            }
        }

        return values;
    }

    /// <summary>Refuses options that nobody asked for.</summary>
    /// <exception cref="ArgumentException">There is one; the message lists those known.</exception>
    public void RequireAllKnown()
    {
        if (Unknown.FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException(
                $"{_subject}: there is no option '{unknown}'. {(_known.Count == 0 ? "It takes none." : $"It takes {string.Join(", ", _known)}.")}",
                unknown
            );
        }
    }

    /// <summary>The error of an option that has no right value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">What it must be, to stand behind "must be".</param>
    public ArgumentException Wrong(string name, string expected) =>
        new($"{_subject}: {name} must be {expected}, got '{Text(name)}'.", name);

    private delegate bool Parser<T>(string text, out T value);

    private T Read<T>(string name, T? usual, string expected, Parser<T> parse)
        where T : struct
    {
        string? text = Text(name);
        return text is null
                ? usual ?? throw new ArgumentException($"{_subject}: {name} is missing: expected {expected}.", name)
            : parse(text, out T value) ? value
            : throw Wrong(name, expected);
    }
}
