namespace Fovea.Models;

/// <summary>Makes the layers of a text, each for the shape that comes out of the ones before it, which a trace
/// tells.</summary>
internal sealed partial class NetworkBuilder(TextEnds ends, IReadOnlyList<TextLine> lines, int classes)
{
    private const int MostLines = 50_000;
    private const int DeepestNesting = 64;

    private static readonly string[] OtherWords = ["input", "repeat", "residual", "block"];
    private static readonly string[] NewerWords = ["again", "output"]; // a block may have such a name

    private readonly Dictionary<string, TextLine> _blocks = new(StringComparer.Ordinal);
    private LayerList _layers = new(ends, []);
    private List<TextOutput> _outputs = [];
    private int _current;
    private int _linesBuilt;
    private int _depth;
    private TextLine? _at;

    /// <summary>Builds the network.</summary>
    /// <exception cref="NetworkTextException">A line is wrong, or a layer does not fit.</exception>
    public TextNetwork Build(string text)
    {
        if (!lines.Any(l => l.Word.Text != "output" || l.Label is not null || l.Blocks.Count > 0))
        {
            throw new NetworkTextException(1, 1, "the text has no layer.");
        }

        try
        {
            Graph.Trace(new Trial(this), ends.Inputs, training: true);
        }
        catch (ShapeException e)
        {
            throw _at?.Word.Error(e.Message, e) ?? new NetworkTextException(1, 1, e.Message, e);
        }

        _layers.RequireAllRead([.. _outputs.Select(o => o.Value)]);
        return new TextNetwork(text, ends.Inputs, _layers.Steps, _outputs);
    }

    /// <summary>An exception's message without the parameter's name that .NET puts behind it.</summary>
    public static string Plain(Exception e) =>
        e is ArgumentException { ParamName: { } name }
            ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : e.Message;

    private IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> x)
    {
        _blocks.Clear();
        _origins.Clear();
        _layers = new LayerList(ends, x);
        (_current, _linesBuilt, _depth, _outputs) = (x.Count - 1, 0, 0, []);
        Run(lines, "", new Dictionary<string, string>());
        _outputs = _outputs.Count > 0 ? _outputs : [new TextOutput(_layers.NameOf(_current), _current)];
        return [.. _outputs.Select(o => _layers.Values[o.Value])];
    }

    private void Run(IReadOnlyList<TextLine> body, string prefix, IReadOnlyDictionary<string, string> parameters)
    {
        if (++_depth > DeepestNesting)
        {
            throw _at!.Word.Error($"blocks use one another, or are nested, more than {DeepestNesting} deep.");
        }

        TextScope scope = new(prefix, parameters, body);
        foreach (TextLine line in body)
        {
            _at = line;
            Count(line);
            if (_outputs.Count > 0)
            {
                throw line.Word.Error("found a line behind 'output', which ends the network.");
            }

            Line(line, scope);
        }

        _depth--;
    }

    private void Count(TextLine line)
    {
        if (++_linesBuilt > MostLines)
        {
            throw line.Word.Error(
                $"the network has more than {MostLines:N0} lines when blocks and repeats are written out."
            );
        }
    }

    private void Line(TextLine line, TextScope scope)
    {
        string word = line.Word.Text;
        switch (word)
        {
            case "input":
                throw line.Word.Error("found 'input', which may only stand on the first lines, without a label.");
            case "block":
                Define(line);
                break;
            case "repeat":
                Repeat(line, scope);
                break;
            case "residual":
                Residual(line, scope);
                break;
            case var _ when _blocks.TryGetValue(word, out TextLine? block):
                Expand(line, block, scope);
                break;
            case "again":
                Again(line, scope);
                break;
            case "output" when scope.Prefix.Length == 0 && line.Label is null && line.Blocks.Count == 0:
                Output(line, scope);
                break;
            case "output":
                throw line.Word.Error(
                    "found 'output', which may only stand on the last line, without a label: output scores, boxes."
                );
            case var _ when line.Blocks.Count > 0:
                Branches(line, scope);
                break;
            default:
                Layer(line, scope);
                break;
        }
    }

    private void Layer(TextLine line, TextScope scope)
    {
        string word = LayerWords.Full(line.Word.Text);
        LayerWord known = LayerWords.Find(word) ?? throw line.Word.Error(Unknown(word));
        int source = From(line, scope) ?? _current;
        int[] inputs = [source];
        if (LayerWords.Joins(word))
        {
            int[] named = [.. line.Arguments.Where(a => a.Name is null).Select(a => Reference(a, scope))];
            inputs = named.Length >= 2 ? named : [source, .. named];
        }

        string name = scope.Name(line, LayerWords.Brief(word));
        OperatorOption[] options = [.. Options(line, known, scope, inputs[0]).Select(o => o.Option)];
        _current = _layers.Add(line, name, word, options, inputs);
        if (!LayerWords.Joins(word))
        {
            _origins[name] = new Origin(line, scope);
        }
    }

    /// <summary>The options of a line with their values; those by position get their names.</summary>
    private List<(TextArgument Argument, OperatorOption Option)> Options(
        TextLine line,
        LayerWord known,
        TextScope scope,
        int source
    )
    {
        List<(TextArgument, OperatorOption)> options = [];
        int position = 0;
        foreach (
            TextArgument argument in line.Arguments.Where(a =>
                a.Name != "from" && (a.Name is not null || !LayerWords.Joins(line.Word.Text))
            )
        )
        {
            string name =
                argument.Name
                ?? (
                    position < known.Positional.Length
                        ? known.Positional[position++]
                        : throw argument.At.Error(
                            $"found '{argument.Value}', expected '{string.Join(' ', [line.Word.Text, .. known.Positional.Select(p => p.ToUpperInvariant())])}' and then option=value."
                        )
                );
            options.Add((argument, new OperatorOption(name, scope.Value(argument, classes, Channels(source)))));
        }

        return options;
    }

    private int? From(TextLine line, TextScope scope) =>
        line.Arguments.FirstOrDefault(a => a.Name == "from") is { } from ? Reference(from, scope) : null;

    private int Reference(TextArgument argument, TextScope scope) =>
        _layers.Find(argument.Value, scope.Prefix)
        ?? throw argument.At.Error(
            $"found '{argument.Value}', expected the label of a line before, or {ends.Expected}.{NearWords.Question(argument.Value, _layers.Labels.Take(2000))}"
        );

    private int? Channels(int value) => _layers.Values[value].Shape is { Rank: >= 2 } shape ? shape[1] : null;

    private string Unknown(string word) =>
        $"found '{word}', expected a layer.{(LayerWords.OfOtherTools(word) is { } meant ? $" Did you mean '{meant}'?" : NearWords.Question(word, [.. LayerWords.All, .. OtherWords, .. NewerWords, .. _blocks.Keys]))} Blocks must be defined before they are used.";

    /// <summary>Runs the builder where shapes are known.</summary>
    private sealed class Trial(NetworkBuilder builder) : MultiModule
    {
        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) => builder.Run(inputs);
    }
}
