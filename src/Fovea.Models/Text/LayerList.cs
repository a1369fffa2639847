using System.Globalization;

namespace Fovea.Models;

/// <summary>The layers built so far, with their labels and outputs.</summary>
internal sealed class LayerList
{
    private readonly TextEnds _ends;
    private const int MostLayers = 20_000;
    private const int MostPositions = 1 << 27;
    private const int LongestPath = 500;

    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shared> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parameters = new(StringComparer.Ordinal);
    private readonly HashSet<int> _read = [];
    private readonly List<Token> _places;
    private readonly Stack<Dictionary<string, int>> _again = [];

    /// <summary>Begins with the network's inputs.</summary>
    /// <param name="ends">What they are.</param>
    /// <param name="inputs">Their tensors.</param>
    /// <exception cref="ShapeException">One has too many positions.</exception>
    public LayerList(TextEnds ends, IReadOnlyList<Tensor> inputs)
    {
        _ends = ends;
        _places = [.. ends.Places];
        Values.AddRange(inputs.Select(Modest));
        for (int i = 0; i < ends.Inputs.Count; i++)
        {
            if (ends.Inputs[i].Name != TextEnds.Unnamed)
            {
                _labels.Add(ends.Inputs[i].Name, i);
            }
        }
    }

    /// <summary>The steps of the network.</summary>
    public List<TextStep> Steps { get; } = [];

    /// <summary>The values: the network's inputs, then the output of each step.</summary>
    public List<Tensor> Values { get; } = [];

    /// <summary>All labels.</summary>
    public IEnumerable<string> Labels => _labels.Keys;

    /// <summary>The value of a label, looked for beside the line and then further out; null where there is
    /// none.</summary>
    public int? Find(string label, string prefix)
    {
        for (string? at = prefix; at is not null; at = Outer(at))
        {
            foreach (Dictionary<string, int> names in _again)
            {
                if (names.TryGetValue(at + label, out int again))
                {
                    return again;
                }
            }

            if (_labels.TryGetValue(at + label, out int value))
            {
                return value;
            }
        }

        int unnamed = _ends.Inputs.Count == 1 ? 0 : _ends.Inputs.ToList().FindIndex(i => i.Name == TextEnds.Unnamed);
        return label == TextEnds.Unnamed && unnamed >= 0 ? unnamed : null;
    }

    /// <summary>What stands before the labels one block further out; null where there is none.</summary>
    public static string? Outer(string prefix)
    {
        int dot = prefix.Length == 0 ? -1 : prefix.LastIndexOf('.', Math.Max(0, prefix.Length - 2));
        return prefix.Length == 0 ? null
            : dot < 0 ? ""
            : prefix[..(dot + 1)];
    }

    /// <summary>What a value is called.</summary>
    public string NameOf(int value) =>
        value < _ends.Inputs.Count ? _ends.Inputs[value].Name : Steps[value - _ends.Inputs.Count].Name;

    /// <summary>From here to <see cref="EndAgain"/>, lines that were built before are built again: their layers are further
    /// uses of the same ones, and labels among them mean these uses.</summary>
    public void BeginAgain() => _again.Push(new Dictionary<string, int>(StringComparer.Ordinal));

    /// <summary>Ends the last <see cref="BeginAgain"/>.</summary>
    public void EndAgain() => _again.Pop();

    /// <summary>Gives a value a label.</summary>
    /// <exception cref="NetworkTextException">The label is used already, or too long.</exception>
    public void Name(string label, int value, Token place)
    {
        if (_again.TryPeek(out Dictionary<string, int>? again))
        {
            again[label] = value;
            label = NextUse(label);
        }

        if (label.Length > LongestPath)
        {
            throw place.Error(
                $"the path of a layer may have {LongestPath} characters, this has {label.Length}: {label[..40]}..."
            );
        }

        if (!_labels.TryAdd(label, value))
        {
            throw place.Error($"the label '{label}' is used already, in line {_places[_labels[label]].Line}.");
        }
    }

    /// <summary>Adds a layer.</summary>
    /// <returns>Its value.</returns>
    /// <exception cref="NetworkTextException">An option is wrong, or the name is taken.</exception>
    /// <exception cref="ShapeException">The input does not fit.</exception>
    public int Add(TextLine line, string name, string word, OperatorOption[] options, int[] inputs)
    {
        if (Steps.Count >= MostLayers)
        {
            throw line.Word.Error($"the network has more than {MostLayers:N0} layers.");
        }

        try
        {
            OptionReader reader = new(word, options);
            Module layer = LayerWords.Find(word)!.Make(reader, Values[inputs[0]].Shape);
            if (reader.Unknown.FirstOrDefault() is { } unknown)
            {
                string known =
                    reader.Known.Count == 0 ? "it takes none" : $"it takes {string.Join(", ", reader.Known)}";
                throw new ArgumentException(
                    $"{word} has no option '{unknown}'; {known}.{NearWords.Question(unknown, reader.Known)}",
                    unknown
                );
            }

            _places.Add(line.Word);
            string use = _again.Count > 0 ? NextUse(name) : name;
            Name(name, Values.Count, line.Label ?? line.Word);
            TextStep step = Step(line, use, layer, Spelling(word, options), inputs);
            Values.Add(Modest(step.Apply(Values)));
            Steps.Add(step);
            _read.UnionWith(inputs);
            return Values.Count - 1;
        }
        catch (Exception e) when (e is (ArgumentException and not NetworkTextException) or OverflowException)
        {
            string? option = (e as ArgumentException)?.ParamName;
            Token place = line.Arguments.FirstOrDefault(a => a.Name == option)?.At ?? line.Word;
            throw place.Error(NetworkBuilder.Plain(e), e);
        }
    }

    /// <summary>Refuses inputs and layers whose output nobody reads.</summary>
    /// <exception cref="NetworkTextException">There is one.</exception>
    public void RequireAllRead(HashSet<int> outputs)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            if (!outputs.Contains(i) && !_read.Contains(i))
            {
                throw _places[i]
                    .Error(
                        i < _ends.Inputs.Count
                            ? $"nothing reads the input '{NameOf(i)}'. Take the line out, or read it with from={NameOf(i)}."
                            : $"nothing reads the output of '{NameOf(i)}'. Take the layer out, or read it with from={NameOf(i)}."
                    );
            }
        }
    }

    /// <summary>What the next use of a layer is called, or of a label.</summary>
    private string NextUse(string name)
    {
        int mark = name.LastIndexOf('#');
        string stem = mark > 0 && name.AsSpan(mark + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..mark] : name;
        if (_shared.TryGetValue(stem, out Shared? shared))
        {
            return Use(stem, shared.Uses + 1);
        }

        int use = _uses.GetValueOrDefault(stem, 2);
        while (_labels.ContainsKey(Use(stem, use)))
        {
            use++;
        }

        _uses[stem] = use;
        return Use(stem, use);

        static string Use(string stem, int use) => string.Create(CultureInfo.InvariantCulture, $"{stem}#{use}");
    }

    private static Tensor Modest(Tensor x)
    {
        long positions = 1;
        for (int axis = 2; axis < x.Rank; axis++)
        {
            positions = Math.Min(positions * x.Shape[axis], MostPositions + 1L);
        }

        return positions <= MostPositions
            ? x
            : throw new ShapeException($"a channel may have {MostPositions:N0} positions, got {x.Shape}.");
    }

    /// <summary>The step of a layer: of its own, or for a label such as <c>conv1#2</c> another use of conv1 with its
    /// weights.</summary>
    private TextStep Step(TextLine line, string name, Module layer, string spelling, int[] inputs)
    {
        Named root = new(name, layer);
        string[] names = [.. root.NamedParameters().Select(p => p.Path), .. root.NamedBuffers().Select(b => b.Path)];
        _ = root.NamedModules(); // gives it its path
        int mark = name.LastIndexOf('#');
        if (names.Length == 0)
        {
            return new TextStep(name, layer, inputs);
        }

        if (
            mark > 0
            && int.TryParse(name[(mark + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int use)
            && use >= 2
        )
        {
            Shared? first = _shared.GetValueOrDefault(name[..mark]);
            return
                first is not null
                && first.Uses == use - 1
                && first.Spelling == spelling
                && Shapes(first.Layer).SequenceEqual(Shapes(layer))
                ? new TextStep(
                    name,
                    (_shared[name[..mark]] = first with { Uses = use }).Layer,
                    inputs,
                    IsFirstUse: false
                )
                : throw line.Word.Error(
                    $"'{name}' means use {use} of the layer '{name[..mark]}' with its weights, so that layer must come {use - 1} {(use == 2 ? "time" : "times")} before, with the same word, options and input channels."
                );
        }

        if (names.FirstOrDefault(n => !_parameters.Add(n)) is { } twice)
        {
            throw line.Word.Error($"the parameter name '{twice}' is used already; give the layer another label.");
        }

        _shared[name] = new Shared(layer, spelling, 1);
        return new TextStep(name, layer, inputs);
    }

    private static IEnumerable<Shape> Shapes(Module layer) => layer.Parameters().Select(p => p.Shape);

    private static string Spelling(string word, OperatorOption[] options) =>
        $"{word} {string.Join(' ', options.OrderBy(o => o.Name, StringComparer.Ordinal).Select(o => $"{o.Name}={o.Value}"))}";

    private sealed record Shared(Module Layer, string Spelling, int Uses);

    /// <summary>Gives a layer its path, so that messages and traces name it.</summary>
    private sealed class Named(string name, Module layer) : Module
    {
        public override Tensor Forward(Tensor x) => layer.Forward(x);

        protected internal override IEnumerable<(string Name, object Member)> Members() => [(name, layer)];
    }
}
