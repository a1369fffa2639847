namespace Fovea.Models;

/// <content>Lines that hold other lines, and lines that use one before again.</content>
internal sealed partial class NetworkBuilder
{
    private readonly Dictionary<string, Origin> _origins = new(StringComparer.Ordinal);

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

        Named(name, line, scope);
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
        Named(name, line, scope);
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
        Named(name, line, scope);
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
        Named(name, line, scope);
    }

    /// <summary>Gives the output of a line with blocks its label.</summary>
    private void Named(string name, TextLine line, TextScope scope)
    {
        _layers.Name(name, _current, line.Word);
        _origins[name] = new Origin(line, scope);
    }

    /// <summary>Uses a line before again, with its weights, on another value: <c>again branch from=right</c>.</summary>
    private void Again(TextLine line, TextScope scope)
    {
        if (
            line.Blocks.Count > 0
            || line.Arguments.Count(a => a.Name is null) != 1
            || line.Arguments.Any(a => a.Name is not (null or "from"))
        )
        {
            throw line.Word.Error("expected 'again LABEL' or 'again LABEL from=label'.");
        }

        TextArgument what = line.Arguments.First(a => a.Name is null);
        (string target, Origin origin) = Target(what, scope);
        string name = scope.Name(line, "again");
        _current = From(line, scope) ?? _current;
        _layers.BeginAgain();
        Line(
            origin.Line with
            {
                Word = origin.Line.Word with { Line = line.Word.Line, Column = line.Word.Column },
                Label = what.At with { Text = target[origin.Scope.Prefix.Length..] + ":" },
                Arguments = [.. origin.Line.Arguments.Where(a => a.Name != "from")],
            },
            origin.Scope
        );
        _layers.EndAgain();
        _layers.Name(name, _current, line.Label ?? line.Word);
        _origins[name] = _origins[target];
    }

    /// <summary>The line that a label names, looked for beside the line and then further out.</summary>
    private (string Name, Origin Origin) Target(TextArgument what, TextScope scope)
    {
        for (string? prefix = scope.Prefix; prefix is not null; prefix = LayerList.Outer(prefix))
        {
            if (_origins.TryGetValue(prefix + what.Value, out Origin? origin))
            {
                return (prefix + what.Value, origin);
            }
        }

        throw what.At.Error(
            _layers.Find(what.Value, scope.Prefix) is null
                ? $"found '{what.Value}', expected the label of a layer or block before.{NearWords.Question(what.Value, _origins.Keys.Take(2000))}"
                : $"'{what.Value}' cannot be used again: it must be a layer or block of one input."
        );
    }

    /// <summary>Says which values the network gives: <c>output scores, boxes</c>.</summary>
    private void Output(TextLine line, TextScope scope)
    {
        if (line.Arguments.Count == 0)
        {
            throw line.Word.Error("expected labels behind 'output': output scores, boxes.");
        }

        foreach (TextArgument argument in line.Arguments)
        {
            if (argument.Name is not null)
            {
                throw argument.At.Error($"found '{argument.At.Text}'; output takes labels, and no options.");
            }

            int value = Reference(argument, scope);
            if (_outputs.Exists(o => o.Value == value))
            {
                throw argument.At.Error($"the output '{argument.Value}' is named twice.");
            }

            _outputs.Add(new TextOutput(argument.Value, value));
        }
    }

    /// <summary>A line that was built, and where.</summary>
    private sealed record Origin(TextLine Line, TextScope Scope);
}
