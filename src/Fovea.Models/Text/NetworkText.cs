namespace Fovea.Models;

/// <summary>Networks as text: one layer a line. The grammar is on <c>docs/network-text.md</c>.</summary>
public static class NetworkText
{
    private const int UsualClasses = 10;

    /// <summary>Makes a network from text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="itemShape">Shape of an item, [C, ...]; left out: what the text's line <c>input</c> says.</param>
    /// <param name="classes">What <c>classes</c> stands for in the text; left out: what the line <c>input</c> says,
    /// else 10.</param>
    /// <returns>The network, its weights drawn by <see cref="Module.Initialize"/> of seed 0, and the shape of its
    /// items.</returns>
    /// <exception cref="NetworkTextException">The text is wrong, or a layer does not fit the one before it.</exception>
    public static (TextNetwork Network, Shape ItemShape) Parse(
        string text,
        Shape? itemShape = null,
        int? classes = null
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        IReadOnlyList<TextLine> lines = NetworkParser.Parse(text);
        (Shape? shape, int? ownClasses) = Input(lines);
        Shape item =
            itemShape
            ?? shape
            ?? throw new NetworkTextException(
                1,
                1,
                "the shape of an item is not known; begin the text with a line such as 'input 3x32x32'."
            );
        if (item.Rank == 0 || item.Count == 0)
        {
            throw new NetworkTextException(1, 1, $"an item must have one axis or more and no empty one, got {item}.");
        }

        NetworkBuilder builder = new(
            lines.Count > 0 && IsInput(lines[0]) ? [.. lines.Skip(1)] : lines,
            classes ?? ownClasses ?? UsualClasses
        );
        TextNetwork network = builder.Build(text, item);
        network.Initialize(0);
        return (network, item);
    }

    /// <summary>Makes a network from a text file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="itemShape">Shape of an item; left out: what the text says.</param>
    /// <param name="classes">What <c>classes</c> stands for; left out: what the text says, else 10.</param>
    /// <exception cref="NetworkTextException">The text is wrong, or a layer does not fit the one before it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (TextNetwork Network, Shape ItemShape) Load(
        string path,
        Shape? itemShape = null,
        int? classes = null
    ) => Parse(File.ReadAllText(path), itemShape, classes);

    /// <summary>Writes a network as text. Read back and traced, it gives the same graph: names, operators, options,
    /// edges, shapes and parameter names.</summary>
    /// <param name="graph">The network, traced as in training: layers that do nothing in evaluation, such as dropout,
    /// are not in other traces.</param>
    /// <exception cref="NotSupportedException">A node has no form in the text: an operator of the user's own, a tensor
    /// the network made for itself, or weights under other names than their layer's.</exception>
    public static string Print(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return NetworkPrinter.Print(graph);
    }

    private static bool IsInput(TextLine line) => line.Label is null && line.Word.Text == "input";

    /// <summary>What the line <c>input</c> says, where it stands first.</summary>
    private static (Shape? Item, int? Classes) Input(IReadOnlyList<TextLine> lines)
    {
        if (lines.Count == 0 || !IsInput(lines[0]))
        {
            return (null, null);
        }

        TextLine line = lines[0];
        try
        {
            OptionReader options = new(
                "input",
                line.Arguments.Select((a, i) => new OperatorOption(a.Name ?? (i == 0 ? "shape" : a.Value), a.Value))
            );
            int[] sizes = options.Integers("shape");
            int? classes = options.Has("classes") ? options.Integer("classes") : null;
            options.RequireAllKnown();
            return sizes.Length is >= 1 and <= 4 && sizes.All(s => s > 0) && classes is null or > 0
                ? (Shape.Create(sizes), classes)
                : throw new ArgumentException(
                    $"input: expected the shape of an item such as 3x32x32, sizes 1 or more, and classes=10 or none."
                );
        }
        catch (ArgumentException e) when (e is not NetworkTextException)
        {
            throw line.Word.Error(NetworkBuilder.Plain(e), e);
        }
    }
}
