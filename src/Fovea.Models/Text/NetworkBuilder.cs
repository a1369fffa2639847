namespace Fovea.Models;

/// <summary>Makes the layers of a text, each for the shape that comes out of the ones before it, which a trace
/// tells.</summary>
internal sealed class NetworkBuilder(IReadOnlyList<TextLine> lines, int classes)
{
    private const int MostLines = 50_000;
    private const int DeepestNesting = 64;

    private static readonly string[] OtherWords = ["input", "repeat", "residual", "block"];

    private readonly Dictionary<string, TextLine> _blocks = new(StringComparer.Ordinal);
    private LayerList _layers = new();
    private int _current;
    private int _linesBuilt;
    private int _depth;
    private TextLine? _at;

    /// <summary>Builds the network.</summary>
    /// <exception cref="NetworkTextException">A line is wrong, or a layer does not fit.</exception>
    public TextNetwork Build(string text, Shape item)
    {
        if (lines.Count == 0)
        {
            throw new NetworkTextException(1, 1, "the text has no layer.");
        }

        try
        {
            Graph.Trace(new Trial(this), item, training: true);
        }
        catch (ShapeException e)
        {
            throw _at?.Word.Error(e.Message, e) ?? new NetworkTextException(1, 1, e.Message, e);
        }

        _layers.RequireAllRead(_current);
        return new TextNetwork(text, _layers.Steps, _current);
    }

    /// <summary>An exception's message without the parameter's name that .NET puts behind it.</summary>
    public static string Plain(Exception e) =>
        e is ArgumentException { ParamName: { } name }
            ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : e.Message;

    private Tensor Run(Tensor x)
    {
        _blocks.Clear();
        _layers = new LayerList();
        _layers.Start(x);
        (_current, _linesBuilt, _depth) = (0, 0, 0);
        Run(lines, "", new Dictionary<string, string>());
        return _layers.Values[_current];
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
                throw line.Word.Error("found 'input', which may only stand on the first line, without a label.");
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
            case var _ when line.Blocks.Count > 0:
                Branches(line, scope);
                break;
            default:
                Layer(line, scope);
                break;
        }
    }

    private void Define(TextLine line)
    {
        string name = line.Arguments[0].Value;
        if (line.Blocks.Count != 1 || line.Label is not null)
        {
            throw line.Word.Error(
                $"a block is defined without a label and with one body: block {name}(out, stride=1) {{ ... }}."
            );
        }

        if (LayerWords.Find(name) is not null || OtherWords.Contains(name))
        {
            throw line.Arguments[0].At.Error($"'{name}' is a word of the language; call the block something else.");
        }

        if (!_blocks.TryAdd(name, line))
        {
            throw line.Arguments[0]
                .At.Error($"block '{name}' is defined twice; first in line {_blocks[name].Word.Line}.");
        }
    }

    private void Repeat(TextLine line, TextScope scope)
    {
        string text = line.Arguments is [{ Name: null } count] ? scope.Value(count, classes, Channels(_current)) : "";
        if (line.Blocks.Count != 1 || !int.TryParse(text, out int times) || times < 1)
        {
            throw line.Word.Error("expected 'repeat 3 { ... }' with a number of 1 or more.");
        }

        string name = scope.Name(line, "repeat");
        for (int i = 0; i < times; i++)
        {
            Count(line);
            Run(line.Blocks[0].Lines, $"{name}.{i}.", scope.Parameters);
        }

        _layers.Name(name, _current, line.Word);
    }

    private void Residual(TextLine line, TextScope scope)
    {
        if (
            line.Arguments.Count > 0
            || line.Blocks.Count is 0 or > 2
            || (line.Blocks.Count == 2 && line.Blocks[1].Word is null)
        )
        {
            throw line.Word.Error("expected 'residual { ... }' or 'residual { ... } shortcut { ... }'.");
        }

        string name = scope.Name(line, "residual");
        int start = _current;
        Run(line.Blocks[0].Lines, $"{name}.", scope.Parameters);
        int body = _current;
        _current = start;
        if (line.Blocks.Count == 2)
        {
            Run(line.Blocks[1].Lines, $"{name}.shortcut.", scope.Parameters);
        }

        _at = line;
        Shape main = _layers.Values[body].Shape,
            skip = _layers.Values[_current].Shape;
        if (main != skip)
        {
            string hint =
                line.Blocks.Count == 1
                    ? "Add a shortcut that makes the same change: residual { ... } shortcut { conv ... }."
                    : "Give body and shortcut the same stride and channels.";
            throw new ShapeException(
                $"residual '{name}': body and shortcut must give the same shape, got {main} and {skip}. {hint}"
            );
        }

        _current = _layers.Add(line, $"{name}.add", "add", [], [body, _current]);
        _layers.Name(name, _current, line.Word);
    }

    /// <summary>Branches of one input, joined: <c>concat { ... } { ... }</c>.</summary>
    private void Branches(TextLine line, TextScope scope)
    {
        string word = line.Word.Text;
        if (!LayerWords.Joins(word))
        {
            throw line.Word.Error(
                LayerWords.Find(word) is null
                    ? Unknown(word)
                    : $"'{word}' takes no blocks; residual, repeat, block, concat, add and multiply do."
            );
        }

        string name = scope.Name(line, word);
        int start = From(line, scope) ?? _current;
        List<int> outputs = [];
        for (int i = 0; i < line.Blocks.Count; i++)
        {
            _current = start;
            Run(line.Blocks[i].Lines, $"{name}.{i}.", scope.Parameters);
            outputs.Add(_current);
        }

        _at = line;
        OperatorOption[] options = [.. Options(line, LayerWords.Find(word)!, scope, start).Select(o => o.Option)];
        _current = _layers.Add(line, $"{name}.{word}", word, options, [.. outputs]);
        _layers.Name(name, _current, line.Word);
    }

    private void Expand(TextLine line, TextLine block, TextScope scope)
    {
        string name = scope.Name(line, line.Word.Text);
        _current = From(line, scope) ?? _current;
        List<(TextArgument Argument, OperatorOption Option)> given = Options(
            line,
            new LayerWord([.. block.Arguments.Skip(1).Select(p => p.Name ?? p.Value)], (_, _) => new Identity()),
            scope,
            _current
        );
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach ((TextArgument argument, OperatorOption option) in given)
        {
            if (
                !block.Arguments.Skip(1).Any(p => (p.Name ?? p.Value) == option.Name)
                || !parameters.TryAdd(option.Name, option.Value)
            )
            {
                throw argument.At.Error(
                    $"block '{line.Word.Text}' takes {string.Join(", ", block.Arguments.Skip(1).Select(p => p.Name ?? p.Value))}, each once; found '{argument.At.Text}'."
                );
            }
        }

        foreach (
            TextArgument parameter in block.Arguments.Skip(1).Where(p => !parameters.ContainsKey(p.Name ?? p.Value))
        )
        {
            parameters[parameter.Name ?? ""] = parameter.Name is not null
                ? new TextScope("", parameters, []).Value(parameter, classes, Channels(_current))
                : throw line.Word.Error(
                    $"block '{line.Word.Text}' needs {parameter.Value}; write '{line.Word.Text} {string.Join(' ', block.Arguments.Skip(1).Select(p => p.Name is null ? p.Value.ToUpperInvariant() : $"{p.Name}={p.Value}"))}'."
                );
        }

        Run(block.Blocks[0].Lines, $"{name}.", parameters);
        _layers.Name(name, _current, line.Word);
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
            $"found '{argument.Value}', expected the label of a line before, or 'input'.{NearWords.Question(argument.Value, _layers.Labels.Take(2000))}"
        );

    private int? Channels(int value) => _layers.Values[value].Shape is { Rank: >= 2 } shape ? shape[1] : null;

    private string Unknown(string word) =>
        $"found '{word}', expected a layer.{NearWords.Question(word, [.. LayerWords.All, .. OtherWords, .. _blocks.Keys])} Blocks must be defined before they are used.";

    /// <summary>Runs the builder where shapes are known.</summary>
    private sealed class Trial(NetworkBuilder builder) : Module
    {
        public override Tensor Forward(Tensor x) => builder.Run(x);
    }
}
