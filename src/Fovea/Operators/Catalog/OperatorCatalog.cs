using System.Collections.Frozen;

namespace Fovea;

/// <summary>The operators by name: their inputs, their options and how they are made, told once. Network text, printed
/// networks, <see cref="Operation"/>, edits and other formats read it.</summary>
/// <remarks>An explicit list, in the order in which it is to be read. An operator from outside need not stand in it: it is
/// traced, drawn and computed all the same, and has no word.</remarks>
public static class OperatorCatalog
{
    private static readonly FrozenDictionary<string, OperatorEntry[]> ByWord;
    private static readonly FrozenDictionary<Type, OperatorEntry[]> ByType;

    static OperatorCatalog()
    {
        All =
        [
            .. ArithmeticEntries.All,
            .. ActivationEntries.All,
            .. ShapingEntries.All,
            .. ReductionEntries.All,
            .. NormalizationEntries.All,
            .. ConvolutionEntries.All,
            .. PoolEntries.All,
            .. LossEntries.All,
            .. GradientEntries.All,
        ];
        OfFunctions = [.. All.Where(e => e.Operators.Contains(typeof(Elementwise<>)))];
        ByWord = All.GroupBy(e => e.Word).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        ByType = All.SelectMany(e => e.Operators.Select(type => (type, e)))
            .GroupBy(pair => pair.type)
            .ToFrozenDictionary(g => g.Key, g => g.Select(pair => pair.e).ToArray());
    }

    /// <summary>All entries.</summary>
    public static IReadOnlyList<OperatorEntry> All { get; }

    /// <summary>The entry of a word, where it has several the most general, which is the last; null where there is
    /// none.</summary>
    /// <param name="word">An operator's name in lower case, without the number of axes, e.g. <c>conv</c>.</param>
    public static OperatorEntry? Find(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return ByWord.TryGetValue(word, out OperatorEntry[]? entries) ? entries[^1] : null;
    }

    /// <summary>The entry of an operator; null where it has none, as one from outside.</summary>
    /// <param name="op">The operator.</param>
    public static OperatorEntry? Of(Operator op)
    {
        ArgumentNullException.ThrowIfNull(op);
        Type type = op.GetType();
        if (
            !ByType.TryGetValue(type, out OperatorEntry[]? entries)
            && !(type.IsGenericType && ByType.TryGetValue(type.GetGenericTypeDefinition(), out entries))
        )
        {
            return null;
        }

        return Among(entries, op.Name, op.Attributes);
    }

    /// <summary>The entries of functions of each element.</summary>
    internal static OperatorEntry[] OfFunctions { get; }

    /// <summary>The entry for attributes: that of the name's word, where one of it fits, else the first that fits.</summary>
    internal static OperatorEntry? Among(OperatorEntry[] entries, string name, OperatorAttributes attributes)
    {
        string word = WordOf(name);
        OperatorEntry[] fitting = Array.FindAll(entries, e => e.Fits(attributes));
        return Array.Find(fitting, e => e.Word == word) ?? fitting.FirstOrDefault();
    }

    /// <summary>The entry that options of a word mean: the first whose own they give, else the most general.</summary>
    internal static OperatorEntry? Find(string word, OptionReader options) =>
        ByWord.TryGetValue(word, out OperatorEntry[]? entries) ? Array.Find(entries, e => e.IsMeantBy(options)) : null;

    /// <summary>An operator's name in lower case, without the number of axes, which follows from the input.</summary>
    internal static string WordOf(string name)
    {
        string word = name.ToLowerInvariant();
        return word is [.. string stem, '1' or '2' or '3', 'd'] && stem != "dropout" ? stem : word;
    }

    /// <summary>The attributes of an operator as text.</summary>
    internal static IReadOnlyList<OperatorOption> OptionsOf(Operator op) => Of(op)?.Write(op.Attributes) ?? [];
}
