using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Puts the nodes of a model's own functions in the place of their calls, as PyTorch's exporter writes them.</summary>
/// <remarks>Values and nodes get the call's name in front, so that no two of them are taken for one another. Depth and the
/// number of nodes are bounded: a small file could ask for any number.</remarks>
internal sealed class FunctionInliner
{
    private const int Deepest = 64,
        MostNodes = 1 << 20;

    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly Dictionary<string, int> _unnamed = [];
    private readonly OnnxNames _calls = new();
    private readonly string _file;
    private readonly List<OnnxNode> _nodes = [];

    private FunctionInliner(ModelProto model, string file)
    {
        _file = file;
        foreach (FunctionProto function in model.Functions)
        {
            _functions[(OnnxReader.Domain(function.Domain), function.Name, function.Overload)] = function;
        }
    }

    /// <summary>The nodes of a model, in its order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">How messages name it.</param>
    /// <exception cref="ModelFormatException">Functions call one another too deep or too often, or a version is not
    /// read.</exception>
    public static IReadOnlyList<OnnxNode> Nodes(ModelProto model, string file)
    {
        FunctionInliner inliner = new(model, file);
        inliner.Add(
            model.Graph.Node,
            OnnxReader.Opsets(model.OpsetImport, file),
            "",
            n => n,
            new Dictionary<string, AttributeProto>(),
            0
        );
        return inliner._nodes;
    }

    private void Add(
        IEnumerable<NodeProto> nodes,
        IReadOnlyDictionary<string, int> opsets,
        string path,
        Func<string, string> rename,
        IReadOnlyDictionary<string, AttributeProto> given,
        int depth
    )
    {
        if (depth > Deepest)
        {
            throw new ModelFormatException($"{_file}: functions call one another deeper than {Deepest}: {path}.");
        }

        foreach (NodeProto proto in nodes)
        {
            string domain = OnnxReader.Domain(proto.Domain);
            string name = path + NameOf(proto);
            Dictionary<string, AttributeProto> attributes = Attributes(proto, given);
            if (_functions.TryGetValue((domain, proto.OpType, proto.Overload), out FunctionProto? function))
            {
                Inline(proto, function, opsets, _calls.Unique(name), rename, attributes, depth);
                continue;
            }

            if (!opsets.TryGetValue(domain, out int opset) && domain.Length == 0)
            {
                throw new ModelFormatException(
                    $"{_file}: {proto.OpType} '{name}' is of the standard operators, but the model does not say which opset it is written in."
                );
            }

            _nodes.Add(OnnxNode.Of(proto, name, opset, rename, attributes));
            if (_nodes.Count > MostNodes)
            {
                throw new ModelFormatException($"{_file}: functions are called more often than {MostNodes:N0} times.");
            }
        }
    }

    private void Inline(
        NodeProto call,
        FunctionProto function,
        IReadOnlyDictionary<string, int> opsets,
        string name,
        Func<string, string> rename,
        Dictionary<string, AttributeProto> attributes,
        int depth
    )
    {
        Dictionary<string, string> formal = [];
        for (int i = 0; i < function.Input.Count; i++)
        {
            formal[function.Input[i]] = i < call.Input.Count && call.Input[i].Length > 0 ? rename(call.Input[i]) : "";
        }

        List<(string From, string To)> copies = [];
        for (int i = 0; i < function.Output.Count && i < call.Output.Count; i++)
        {
            if (call.Output[i].Length > 0 && !formal.TryAdd(function.Output[i], rename(call.Output[i])))
            {
                copies.Add((formal[function.Output[i]], rename(call.Output[i])));
            }
        }

        foreach (AttributeProto usual in function.AttributeProto)
        {
            attributes.TryAdd(usual.Name, usual);
        }

        Dictionary<string, int> versions = new(opsets);
        foreach (
            (string domain, int version) in OnnxReader.Opsets(
                function.OpsetImport,
                $"{_file}: function {function.Name}"
            )
        )
        {
            versions[domain] = version;
        }

        Add(
            function.Node,
            versions,
            name + "/",
            n => formal.TryGetValue(n, out string? outer) ? outer : $"{name}/{n}",
            attributes,
            depth + 1
        );
        copies.ForEach(c => AddCopy($"{name}/{c.To}", c.From, c.To));
    }

    /// <summary>An output of a function that is one of its inputs, or another output.</summary>
    private void AddCopy(string name, string from, string to) =>
        _nodes.Add(
            new OnnxNode(
                "Identity",
                "",
                OnnxReader.NewestOpset,
                name,
                [from],
                [to],
                new Dictionary<string, AttributeProto>()
            )
        );

    /// <summary>The attributes of a node; those that refer to one of the function around it are that one, or absent.</summary>
    private static Dictionary<string, AttributeProto> Attributes(
        NodeProto proto,
        IReadOnlyDictionary<string, AttributeProto> given
    )
    {
        Dictionary<string, AttributeProto> attributes = [];
        foreach (AttributeProto attribute in proto.Attribute)
        {
            if (attribute.RefAttrName.Length == 0)
            {
                attributes[attribute.Name] = attribute;
            }
            else if (given.TryGetValue(attribute.RefAttrName, out AttributeProto? meant))
            {
                attributes[attribute.Name] = meant;
            }
        }

        return attributes;
    }

    private string NameOf(NodeProto proto)
    {
        if (proto.Name.Length > 0)
        {
            return proto.Name;
        }

        int number = _unnamed[proto.OpType] = _unnamed.GetValueOrDefault(proto.OpType) + 1;
        return $"{proto.OpType.ToLowerInvariant()}{(number == 1 ? "" : $"_{number}")}";
    }
}
