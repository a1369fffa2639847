using System.Globalization;

namespace Fovea.Models;

/// <summary>The layers built so far, with their labels and outputs.</summary>
internal sealed class LayerList
{
    private const int MostLayers = 20_000;
    private const int MostPositions = 1 << 27;
    private const int LongestPath = 500;
    private const string Input = "input";

    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shared> _shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parameters = new(StringComparer.Ordinal);
    private readonly HashSet<int> _read = [];
    private readonly List<Token> _places = [];

    /// <summary>The steps of the network.</summary>
    public List<TextStep> Steps { get; } = [];

    /// <summary>The values: the network's input, then the output of each step.</summary>
    public List<Tensor> Values { get; } = [];

    /// <summary>All labels.</summary>
    public IEnumerable<string> Labels => _labels.Keys;

    /// <summary>Begins with the network's input.</summary>
    /// <exception cref="ShapeException">It has too many positions.</exception>
    public void Start(Tensor x) => Values.Add(Modest(x));

    /// <summary>The value of a label, looked for beside the line and then further out; null where there is
    /// none.</summary>
    public int? Find(string label, string prefix)
    {
        while (true)
        {
            if (_labels.TryGetValue(prefix + label, out int value))
            {
                return value;
            }

            if (prefix.Length == 0)
            {
                return label == Input ? 0 : null;
            }

            int dot = prefix.LastIndexOf('.', prefix.Length - 2);
            prefix = dot < 0 ? "" : prefix[..(dot + 1)];
        }
    }

    /// <summary>Gives a value a label.</summary>
    /// <exception cref="NetworkTextException">The label is used already, or too long.</exception>
    public void Name(string label, int value, Token place)
    {
        if (label.Length > LongestPath)
        {
            throw place.Error(
                $"the path of a layer may have {LongestPath} characters, this has {label.Length}: {label[..40]}..."
            );
        }

        if (!_labels.TryAdd(label, value))
        {
            throw place.Error(
                $"the label '{label}' is used already{(_labels[label] is > 0 and int at ? $", in line {_places[at - 1].Line}" : "")}."
            );
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
            Name(name, Values.Count, line.Label ?? line.Word);
            TextStep step = Step(line, name, layer, Spelling(word, options), inputs);
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

    /// <summary>Refuses layers whose output nobody reads.</summary>
    /// <exception cref="NetworkTextException">There is one.</exception>
    public void RequireAllRead(int output)
    {
        for (int i = 1; i < Values.Count; i++)
        {
            if (i != output && !_read.Contains(i))
            {
                throw _places[i - 1]
                    .Error(
                        $"nothing reads the output of '{Steps[i - 1].Name}'. Take the layer out, or read it with from={Steps[i - 1].Name}."
                    );
            }
        }
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
