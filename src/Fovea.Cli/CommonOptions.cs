using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Fovea.Cli;

/// <summary>Options of every verb, and how numbers are read.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } =
        new("--json")
        {
            Description = "Print the result as JSON, and nothing else, on standard output.",
            Recursive = true,
        };

    public static Option<int?> Threads { get; } =
        Number<int>("--threads", "N", "Threads to compute with; the results do not depend on it.", recursive: true);

    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Show where an error happened.", Recursive = true };

    public static IReadOnlyList<Option> All { get; } = [Json, Threads, Verbose];

    /// <summary>An option with a number, the same in every culture; null where it is not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="unit">What stands in the usage line.</param>
    /// <param name="description">What it does.</param>
    /// <param name="recursive">Whether all verbs have it.</param>
    /// <param name="rule">Which numbers it takes, in words behind "must be"; null for all.</param>
    /// <param name="holds">Whether a number is one of them.</param>
    public static Option<T?> Number<T>(
        string name,
        string unit,
        string description,
        bool recursive = false,
        string? rule = null,
        Func<T, bool>? holds = null
    )
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = unit,
            Recursive = recursive,
            CustomParser = result => Parse(name, result, rule, holds),
        };

    /// <summary>An option with a number or a word instead; null where it is not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="unit">What the number is called in the usage line.</param>
    /// <param name="word">The word.</param>
    /// <param name="description">What it does.</param>
    /// <param name="rule">Which numbers it takes, in words behind "must be".</param>
    /// <param name="holds">Whether a number is one of them.</param>
    public static Option<NumberOrWord?> NumberOr(
        string name,
        string unit,
        string word,
        string description,
        string rule,
        Func<double, bool> holds
    ) =>
        new(name)
        {
            Description = description,
            HelpName = $"{unit}|{word}",
            CustomParser = result =>
                result.Tokens[0].Value == word ? new NumberOrWord(null)
                : Parse($"{name}", result, rule, holds, $" or {word}") is { } number ? new NumberOrWord(number)
                : null,
        };

    /// <summary>An option with a number of things, 1 or more; null where it is not given.</summary>
    public static Option<int?> Count(string name, string unit, string description) =>
        Number<int>(name, unit, description, rule: "1 or more", holds: n => n >= 1);

    /// <summary>An option with a text; null where it is not given.</summary>
    public static Option<string?> Text(string name, string unit, string description) =>
        new(name) { Description = description, HelpName = unit };

    /// <summary>What to do with missing values in series.</summary>
    public static Option<string?> Missing() =>
        OneOf(
            "--missing",
            "What to do with missing values in series: fill them from their neighbours, or refuse.",
            "refuse",
            "interpolate"
        );

    /// <summary>What to do with series of different lengths.</summary>
    public static Option<string?> Unequal() =>
        OneOf(
            "--unequal",
            "What to do with series of different lengths: bring them to the longest or the shortest, or refuse.",
            "refuse",
            "pad",
            "truncate"
        );

    /// <summary>What to do with damaged pictures.</summary>
    public static Option<bool> Strict() =>
        new("--strict") { Description = "Refuse an image folder with a damaged picture, instead of leaving that out." };

    /// <summary>Which state of a checkpoint of PyTorch.</summary>
    public static Option<string?> State() =>
        Text(
            "--state",
            "NAME",
            "Which state of a checkpoint of PyTorch that holds several, e.g. model_ema; * for all as one."
        );

    private static Option<string?> OneOf(string name, string description, params string[] words) =>
        Text(name, string.Join('|', words), description).AcceptOnlyFromAmong(words);

    private static T? Parse<T>(
        string name,
        ArgumentResult result,
        string? rule,
        Func<T, bool>? holds,
        string orElse = ""
    )
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (
            T.TryParse(
                text,
                typeof(T) == typeof(double) ? NumberStyles.Float : NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out T value
            )
        )
        {
            if (holds is null || holds(value))
            {
                return value;
            }

            result.AddError($"{name} must be {rule}, got {text}");
            return null;
        }

        string kind =
            typeof(T) == typeof(double) ? "a number"
            : BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? $"a whole number of {Limit<T>(-1)} to {Limit<T>(1)}"
            : "a whole number";
        result.AddError($"{name}: expected {kind}{orElse}, got '{text}'");
        return null;

        static string Limit<TNumber>(int sign)
            where TNumber : struct, INumber<TNumber> =>
            TNumber.CreateSaturating(sign * (BigInteger.One << 128)).ToString("N0", CultureInfo.InvariantCulture);
    }
}

/// <summary>What an option says that takes a number or a word.</summary>
/// <param name="Number">The number; null for the word.</param>
internal readonly record struct NumberOrWord(double? Number);
