namespace Fovea.Models;

/// <summary>Networks as text: one layer a line. The grammar is on <c>docs/network-text.md</c>.</summary>
public static class NetworkText
{
    private const int UsualClasses = 10;

    /// <summary>Makes a network from text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="itemShape">Shape of an item, [C, ...], for a text of one input; left out: what the text's lines
    /// <c>input</c> say.</param>
    /// <param name="classes">What <c>classes</c> stands for in the text; left out: what the line <c>input</c> says,
    /// else 10.</param>
    /// <returns>The network, its weights drawn by <see cref="Module.Initialize"/> of seed 0, and the shape of an item of
    /// its first input.</returns>
    /// <exception cref="NetworkTextException">The text is wrong, or a layer does not fit the one before it.</exception>
    public static (TextNetwork Network, Shape ItemShape) Parse(
        string text,
        Shape? itemShape = null,
        int? classes = null
    )
    {
        TextNetwork network = ParseAll(text, itemShape is { } item ? [item] : null, classes);
        return (network, network.Inputs[0].Shape.Item);
    }

    /// <summary>Makes a network of one or several inputs from text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="itemShapes">Shape of an item of each input, in order; left out: what the text's lines <c>input</c>
    /// say.</param>
    /// <param name="classes">What <c>classes</c> stands for in the text; left out: what a line <c>input</c> says, else
    /// 10.</param>
    /// <returns>The network, its weights drawn by <see cref="Module.Initialize"/> of seed 0.</returns>
    /// <exception cref="NetworkTextException">The text is wrong, a layer does not fit what it reads, or there is another
    /// number of inputs than shapes.</exception>
    public static TextNetwork ParseAll(string text, IReadOnlyList<Shape>? itemShapes = null, int? classes = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        (TextEnds ends, IReadOnlyList<TextLine> lines) = TextEnds.Of(NetworkParser.Parse(text), itemShapes);
        NetworkBuilder builder = new(ends, lines, classes ?? ends.Classes ?? UsualClasses);
        TextNetwork network = builder.Build(text);
        network.Initialize(0);
        return network;
    }

    /// <summary>What the inputs of a text are called, in order, whether or not their shapes are known.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="NetworkTextException">A line has another form.</exception>
    public static IReadOnlyList<string> InputNames(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TextEnds.Names(NetworkParser.Parse(text));
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
}
