using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Makes a program of a model: functions are inlined, what nobody needs is left out, what follows from the file
/// alone is computed, and weights become parameters.</summary>
internal sealed class OnnxBuilder
{
    private const long MostFolded = 1L << 28;

    private readonly string _file;
    private readonly GraphProto _graph;
    private readonly IReadOnlyList<OnnxNode> _nodes;
    private readonly Dictionary<string, OnnxValue> _known = [];
    private readonly List<OnnxStep> _steps = [];
    private readonly OnnxNames _names = new();
    private readonly HashSet<string> _initializers;
    private readonly MarkedTensors _marked = new();
    private long _folded;

    private OnnxBuilder(ModelProto model, string file)
    {
        (_file, _graph) = (file, model.Graph);
        _initializers = [.. _graph.Initializer.Select(t => t.Name)];
        _nodes = Needed(FunctionInliner.Nodes(model, file));
    }

    /// <summary>Makes the program.</summary>
    /// <param name="model">The messages.</param>
    /// <param name="file">How messages name the model.</param>
    /// <param name="folder">Where external data lies; null for none.</param>
    /// <exception cref="ModelFormatException">The model breaks a rule of the format, or has operators that are not
    /// supported; all of them are listed.</exception>
    public static OnnxProgram Build(ModelProto model, string file, string? folder)
    {
        OnnxBuilder builder = new(model, file);
        OnnxCatalog.RequireAll(builder._nodes, file);
        builder.RequireOrder();
        builder.ReadInitializers(new TensorReader(folder));
        builder.FoldAll();
        LearnedValues.Take(builder._steps, builder._known, builder._initializers, builder._marked);
        HashSet<string> read =
        [
            .. builder._steps.SelectMany(s => s.Node.Inputs),
            .. builder._graph.Output.Select(o => o.Name),
        ];
        return new OnnxProgram(
            [.. builder.Ports(builder._graph.Input.Where(i => !builder._initializers.Contains(i.Name)))],
            [.. builder.Ports(builder._graph.Output)],
            builder._known.Where(k => read.Contains(k.Key)).ToDictionary(k => k.Key, k => k.Value),
            builder._steps
        )
        {
            Loose = builder._marked.Place(builder._steps),
        };
    }

    /// <summary>The nodes on which outputs depend.</summary>
    private List<OnnxNode> Needed(IReadOnlyList<OnnxNode> nodes)
    {
        HashSet<string> wanted = [.. _graph.Output.Select(o => o.Name)];
        List<OnnxNode> needed = [];
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Outputs.Any(wanted.Contains))
            {
                needed.Add(nodes[i]);
                wanted.UnionWith(nodes[i].Inputs);
            }
        }

        needed.Reverse();
        return needed;
    }

    /// <summary>Checks that every value has one origin, and that it comes before those who read it.</summary>
    private void RequireOrder()
    {
        HashSet<string> there = [.. _initializers, .. _graph.Input.Select(i => i.Name)];
        foreach (OnnxNode node in _nodes)
        {
            if (node.Inputs.FirstOrDefault(n => n.Length > 0 && !there.Contains(n)) is { } absent)
            {
                throw new ModelFormatException(
                    $"{_file}: {node.Subject} reads '{absent}' before anything computes it."
                );
            }

            if (node.Outputs.FirstOrDefault(n => n.Length > 0 && !there.Add(n)) is { } twice)
            {
                throw new ModelFormatException($"{_file}: {node.Subject} computes '{twice}', which there is already.");
            }
        }

        if (_graph.Output.FirstOrDefault(o => !there.Contains(o.Name)) is { } output)
        {
            throw new ModelFormatException($"{_file}: nothing computes the output '{output.Name}'.");
        }

        if (_graph.Output.Count == 0)
        {
            throw new ModelFormatException($"{_file}: the model has no outputs.");
        }
    }

    private void ReadInitializers(TensorReader reader)
    {
        HashSet<string> read = [.. _nodes.SelectMany(n => n.Inputs), .. _graph.Output.Select(o => o.Name)];
        foreach (TensorProto proto in _graph.Initializer.Where(t => read.Contains(t.Name)))
        {
            _known[proto.Name] = _marked.Take(proto, reader.Read(proto, $"{_file}: initializer '{proto.Name}'"));
        }

        foreach (OnnxNode node in _nodes.Where(n => n.Operator == "Constant" && n.Tensor("value") is not null))
        {
            _known[node.Outputs[0]] = reader.Read(node.Tensor("value")!, $"{_file}: {node.Subject}");
        }
    }

    /// <summary>Computes what follows from the file alone, in bounds; keeps the other nodes.</summary>
    private void FoldAll()
    {
        foreach (OnnxNode node in _nodes)
        {
            if (node.Outputs.Count > 0 && node.Outputs.All(o => o.Length == 0 || _known.ContainsKey(o)))
            {
                continue; // a constant that was read
            }

            OnnxOperator row = OnnxCatalog.Find(node)!;
            OnnxStep step = new(node, row, new OnnxLayer(node.Name));
            bool isKnown =
                !row.IsRandom
                && node.Inputs.All(n => n.Length == 0 || (_known.ContainsKey(n) && !_marked.IsLearned(n)));
            if (!isKnown || _folded > MostFolded)
            {
                _steps.Add(step);
                continue;
            }

            OnnxValue?[] results = step.Run([.. node.Inputs.Select(n => n.Length == 0 ? null : _known[n])]);
            _folded += results.Sum(r => r?.Shape.Count ?? 0);
            OnnxProgram.Keep(step, results, _known);
        }

        for (int i = 0; i < _steps.Count; i++)
        {
            OnnxNode node = _steps[i].Node;
            string own = OnnxNames.Path(node.Name, node.Operator),
                name = LearnedValues.LayerName(_steps[i], _known, _initializers, _marked) ?? own;
            _steps[i] = _steps[i] with { Layer = new OnnxLayer(_names.Unique(_names.Has(name) ? own : name)) };
        }
    }

    private IEnumerable<OnnxPort> Ports(IEnumerable<ValueInfoProto> infos)
    {
        foreach (ValueInfoProto info in infos)
        {
            TypeProto.Types.Tensor tensor =
                info.Type?.TensorType
                ?? throw new ModelFormatException(
                    $"{_file}: '{info.Name}' must be a tensor; sequences, maps and optional values are not read."
                );
            ElementType type =
                ElementTypes.Known(tensor.ElemType)
                ?? throw new ModelFormatException(
                    $"{_file}: '{info.Name}' has elements of {ElementTypes.NameOf(tensor.ElemType)}, which are not read."
                );
            yield return new OnnxPort(
                info.Name,
                ElementTypes.NameOf(type),
                type.Carrier(),
                tensor.Shape is null ? null : [.. tensor.Shape.Dim.Select(SizeOf)]
            )
            {
                Type = type,
            };
        }
    }

    private static string SizeOf(TensorShapeProto.Types.Dimension dim) =>
        dim.HasDimValue ? $"{dim.DimValue}"
        : dim.DimParam.Length > 0 ? dim.DimParam
        : "?";
}
