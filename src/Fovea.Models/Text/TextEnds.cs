using System.Buffers;

namespace Fovea.Models;

/// <summary>An output of a network made from text.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Value">Which value it is.</param>
internal sealed record TextOutput(string Name, int Value);

/// <summary>What the lines <c>input</c> say.</summary>
/// <param name="Inputs">The inputs, in order, one or more.</param>
/// <param name="Places">Where each stands; none for an input that the text does not name.</param>
/// <param name="Classes">What <c>classes</c> stands for, where a line says it.</param>
internal sealed record TextEnds(IReadOnlyList<GraphInput> Inputs, IReadOnlyList<Token> Places, int? Classes)
{
    /// <summary>What an input is called that has no name of its own.</summary>
    public const string Unnamed = "input";

    private const int MostInputs = 256;
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\r\n;{}(),:=$#*/");

    /// <summary>How messages name the inputs as something to read.</summary>
    public string Expected =>
        Inputs.Count == 1 ? $"'{Inputs[0].Name}'" : $"an input: {string.Join(", ", Inputs.Select(i => i.Name))}";

    /// <summary>Whether a name can stand behind <c>input</c>.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 290
        && !char.IsAsciiDigit(name[0])
        && name[0] is not ('-' or '+')
        && !name.AsSpan().ContainsAny(NotInNames);

    /// <summary>Reads the lines <c>input</c> at the head of a text.</summary>
    /// <param name="lines">All lines.</param>
    /// <param name="given">Shapes of items that go before those of the text; null for those of the text.</param>
    /// <returns>The inputs, and the other lines.</returns>
    /// <exception cref="NetworkTextException">A line is wrong, or a shape is not known.</exception>
    public static (TextEnds Ends, IReadOnlyList<TextLine> Others) Of(
        IReadOnlyList<TextLine> lines,
        IReadOnlyList<Shape>? given
    )
    {
        (List<(string Name, Shape? Item, Token Place)> found, int? classes, int heads) = Heads(lines);
        GraphInput[] inputs = [.. Shapes(found, given)];
        Token[] places = [.. found.Select(f => f.Place)];
        return (new TextEnds(inputs, places, classes), heads == 0 ? lines : [.. lines.Skip(heads)]);
    }

    /// <summary>What the inputs are called, in order.</summary>
    /// <param name="lines">All lines.</param>
    /// <exception cref="NetworkTextException">A line is wrong.</exception>
    public static IReadOnlyList<string> Names(IReadOnlyList<TextLine> lines) =>
        [.. Heads(lines).Found.Select(f => f.Name)];

    private static (List<(string Name, Shape? Item, Token Place)> Found, int? Classes, int Lines) Heads(
        IReadOnlyList<TextLine> lines
    )
    {
        TextLine[] heads = [.. lines.TakeWhile(l => l is { Label: null, Word.Text: "input" })];
        if (heads.Length > MostInputs)
        {
            throw heads[MostInputs].Word.Error($"a network may have {MostInputs} inputs.");
        }

        List<(string Name, Shape? Item, Token Place)> found = [];
        int? classes = null;
        foreach (TextLine head in heads)
        {
            (string? name, Shape? item, int? count) = Read(head, named: heads.Length > 1);
            RequireNew(found, name ?? Unnamed, head);
            found.Add((name ?? Unnamed, item, head.Word));
            classes =
                classes is null || count is null
                    ? classes ?? count
                    : throw head.Word.Error("classes is given twice, by two lines 'input'.");
        }

        if (found.Count == 0)
        {
            found.Add((Unnamed, null, new Token(TokenKind.Word, Unnamed, 1, 1)));
        }

        return (found, classes, heads.Length);
    }

    private static void RequireNew(List<(string Name, Shape?, Token Place)> found, string name, TextLine line)
    {
        if (found.FindIndex(f => f.Name == name) is >= 0 and int twice)
        {
            throw line.Word.Error(
                $"the input '{name}' is there already, in line {found[twice].Place.Line}. Give each a name of its own: input left 1x28x28."
            );
        }
    }

    private static IEnumerable<GraphInput> Shapes(
        List<(string Name, Shape? Item, Token Place)> found,
        IReadOnlyList<Shape>? given
    )
    {
        if (given is not null && given.Count != found.Count)
        {
            throw found[Math.Min(given.Count, found.Count - 1)]
                .Place.Error(
                    $"the network has {Number(found.Count)} ({string.Join(", ", found.Select(f => f.Name))}), and shapes are given for {Number(given.Count)}."
                );
        }

        for (int i = 0; i < found.Count; i++)
        {
            (string name, Shape? own, Token place) = found[i];
            Shape item =
                given?[i]
                ?? own
                ?? throw place.Error(
                    name == Unnamed
                        ? "the shape of an item is not known; begin the text with a line such as 'input 3x32x32'."
                        : $"the shape of the input '{name}' is not known; write 'input {name} 3x32x32'."
                );
            yield return item.Rank > 0 && item.Count > 0
                ? GraphInput.OfItems(name, item)
                : throw place.Error($"an item must have one axis or more and no empty one, got {item}.");
        }
    }

    private static string Number(int inputs) => inputs == 1 ? "one input" : $"{inputs} inputs";

    /// <summary>Name, shape and classes of a line.</summary>
    private static (string? Name, Shape? Item, int? Classes) Read(TextLine line, bool named)
    {
        string[] words = [.. line.Arguments.Where(a => a.Name is null).Select(a => a.Value)];
        bool hasName = words.Length > 0 && IsName(words[0]);
        string[] usual = hasName ? ["name", "shape"] : ["shape"];
        int position = 0;
        try
        {
            if (line.Blocks.Count > 0)
            {
                throw new ArgumentException("input: it takes no blocks.");
            }

            OptionReader options = new(
                "input",
                line.Arguments.Select(a => new OperatorOption(
                    a.Name ?? (position < usual.Length ? usual[position++] : a.Value),
                    a.Value
                ))
            );
            string? name = hasName ? options.Text("name") : null;
            int[] sizes = options.Integers("shape");
            int? classes = options.Has("classes") ? options.Integer("classes") : null;
            options.RequireAllKnown();
            bool shaped = sizes.Length is >= 1 and <= 4 && sizes.All(s => s > 0);
            return (shaped || (sizes.Length == 0 && hasName)) && classes is null or > 0
                ? (name, shaped ? Shape.Create(sizes) : null, classes)
                : throw new ArgumentException(
                    $"input: expected the shape of an item such as 3x32x32, sizes 1 or more, {(named ? "behind a name, " : "")}and classes=10 or none."
                );
        }
        catch (ArgumentException e) when (e is not NetworkTextException)
        {
            throw line.Word.Error(NetworkBuilder.Plain(e), e);
        }
    }
}
