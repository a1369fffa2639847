using Fovea.Interop;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>A network as its user names it: a name of the zoo with arguments or without, a file of network text or the
/// text itself, an ONNX file, a run folder or a checkpoint.</summary>
public sealed class NetworkSource
{
    private const long LongestText = 1 << 20;

    private readonly Func<Shape?, (Module Module, Shape Item)> _open;
    private readonly bool _fitsAnySize;
    private readonly Func<InputList, TextNetwork>? _openText;
    private OnnxNetwork? _onnx;
    private (Module Module, Shape Item)? _last;

    private NetworkSource(
        string text,
        bool fitsAnySize,
        Func<Shape?, (Module Module, Shape Item)> open,
        Func<InputList, TextNetwork>? openText = null
    ) => (Text, _fitsAnySize, _open, _openText) = (text, fitsAnySize, open, openText);

    /// <summary>What is done to items before the network sees them, where it is of a run; null for any other.</summary>
    internal Fovea.Data.Preprocessing? Preprocessing { get; private init; }

    /// <summary>As it was written, in one line.</summary>
    public string Text { get; }

    /// <summary>Finds out what a text names.</summary>
    /// <param name="text">The text.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <exception cref="ArgumentException">It looks like a path, and nothing is there; or a file is neither a
    /// checkpoint nor text.</exception>
    /// <exception cref="IOException">A run or checkpoint cannot be read.</exception>
    public static NetworkSource Find(string text, Action<string>? notice = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        bool isNetworkText = ModelSource.IsNetworkText(text);
        if (!isNetworkText && (Directory.Exists(text) || IsCheckpoint(text)))
        {
            TrainedModel trained = TrainedModel.Load(text, notice);
            return new NetworkSource(
                text,
                fitsAnySize: true,
                item => (trained.Model, RequireRank(text, item ?? trained.ItemShape, trained.ItemShape))
            )
            {
                Preprocessing = trained.Preprocessing,
            };
        }

        if (!isNetworkText && File.Exists(text) && ForeignModel.KindOf(text) == "ONNX")
        {
            OnnxNetwork network = OnnxNetwork.Load(text);
            return new NetworkSource(
                text,
                fitsAnySize: true,
                item => (network, item ?? network.GraphInputs()[0].Shape.Item)
            )
            {
                _onnx = network,
            };
        }

        if (isNetworkText || File.Exists(text))
        {
            string lines = isNetworkText ? text : ReadText(text);
            return new NetworkSource(
                isNetworkText ? OneLine(text) : text,
                fitsAnySize: false,
                item => Parse(isNetworkText ? null : text, () => NetworkText.Parse(lines, item)),
                inputs =>
                    Parse(
                        isNetworkText ? null : text,
                        () => NetworkText.ParseAll(lines, inputs.For(NetworkText.InputNames(lines)))
                    )
            );
        }

        ModelSource.RequireFile(text);
        return new NetworkSource(text, fitsAnySize: true, item => ModelRegistry.Create(text, item));
    }

    /// <summary>The network for an item, and the item's shape.</summary>
    /// <param name="item">Shape of an item; left out: the one the network was designed for or trained on.</param>
    /// <exception cref="ArgumentException">The name or an argument is wrong, or the network is for other
    /// items.</exception>
    public (Module Module, Shape Item) Open(Shape? item = null)
    {
        bool again =
            _last is { } last
            && (item is not { } asked || (_fitsAnySize && asked[0] == last.Item[0] && asked.Rank == last.Item.Rank));
        (Module module, Shape usual) = again ? _last!.Value : _open(item);
        _last = _last is null || !again ? (module, usual) : _last;
        return (module, item ?? usual);
    }

    /// <summary>The network as a graph, traced as in training.</summary>
    /// <param name="item">Shape of an item; left out: the one the network was designed for or trained on.</param>
    /// <exception cref="ArgumentException">The name or an argument is wrong, or the network is for other
    /// items.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public Graph Trace(Shape? item = null) => Trace(item, training: true);

    /// <summary>The network as a graph, traced as in evaluation.</summary>
    /// <param name="item">Shape of an item; null for the one the network was designed for or trained on.</param>
    internal Graph TraceEvaluation(Shape? item) => Trace(item, training: false);

    private Graph Trace(Shape? item, bool training)
    {
        (Module module, Shape shape) = Open(item);
        return module is TextNetwork { Inputs.Count: > 1 } network ? Trace(network, network.Inputs, training)
            : module is OnnxNetwork onnx ? Trace(onnx, onnx.GraphInputs(item), training)
            : Trace(module, [GraphInput.OfItems("input", shape, TypeOf(module))], training);
    }

    /// <summary>As <see cref="Trace(Shape?)"/>, for a network of several inputs.</summary>
    /// <param name="inputs">Shapes of their items.</param>
    /// <exception cref="ArgumentException">The network has other inputs, or the name or an argument is wrong.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public Graph Trace(InputList inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (_onnx is { } onnx)
        {
            return Trace(onnx, onnx.GraphInputs(inputs.For([.. onnx.Inputs.Select(i => i.Name)])));
        }

        if (_openText is null)
        {
            return Trace(inputs.For(["input"])[0]);
        }

        TextNetwork network = _openText(inputs);
        return Trace(network, network.Inputs);
    }

    private Graph Trace(Module module, IReadOnlyList<GraphInput> inputs, bool training = true)
    {
        try
        {
            return Graph.Trace(module, inputs, training, Text);
        }
        catch (OverflowException e)
        {
            throw new ShapeException(
                $"{Text}: a layer's size exceeds 2^31 at the input {string.Join(", ", inputs.Select(i => i.Shape.Item))}. Use a smaller input.",
                e
            );
        }
    }

    private static DType TypeOf(Module module) => module.Parameters() is [var first, ..] ? first.DType : DType.Float32;

    private static Shape RequireRank(string text, Shape item, Shape trained) =>
        item.Rank == trained.Rank
            ? item
            : throw new ArgumentException(
                $"Model '{text}' was trained on items {trained}, the input is {item}. Give as many sizes."
            );

    private static T Parse<T>(string? file, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (NetworkTextException e) when (file is not null)
        {
            throw new ArgumentException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Whether a file begins as a checkpoint of Fovea.</summary>
    internal static bool IsCheckpoint(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[CheckpointLayout.Magic.Length];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start.SequenceEqual(CheckpointLayout.Magic);
    }

    private static string ReadText(string path)
    {
        ForeignModel.Refuse(path);
        FileInfo file = new(path);
        string text = file.Length <= LongestText ? File.ReadAllText(path) : "\0";
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException($"{path}: the file is neither a checkpoint of Fovea nor a network text.")
            : text;
    }

    private static string OneLine(string text) =>
        string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
