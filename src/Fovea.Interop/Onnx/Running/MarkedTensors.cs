using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Tensors of a file that say themselves what they are, as those of networks that were written here do where rows
/// could not tell (<see cref="ReadingMarks"/>).</summary>
internal sealed class MarkedTensors
{
    private readonly Dictionary<string, Tensor> _learned = [];
    private readonly HashSet<string> _constants = [];

    /// <summary>Whether nobody learns a tensor, whatever slot it is in.</summary>
    public bool IsConstant(string name) => _constants.Contains(name);

    /// <summary>Whether a tensor is learned or kept, wherever it is read.</summary>
    public bool IsLearned(string name) => _learned.ContainsKey(name);

    /// <summary>The value of a tensor: a parameter or state where it says so.</summary>
    public OnnxValue Take(TensorProto proto, OnnxValue value)
    {
        string mark = proto.DocString;
        if (ReadingMarks.IsConstant(mark))
        {
            _constants.Add(proto.Name);
        }

        Tensor? learned =
            !value.Type.IsFloat() || value.Shape.Count == 0 ? null
            : ReadingMarks.KindOf(mark) is { } kind
                ? LearnedValues.Learned(value.Tensor, kind, proto.Name[(proto.Name.LastIndexOf('.') + 1)..])
            : ReadingMarks.IsState(mark) ? LearnedValues.State(value.Tensor)
            : null;
        if (learned is null)
        {
            return value;
        }

        _learned[proto.Name] = learned;
        return new OnnxValue(value.Type, learned);
    }

    /// <summary>Puts a tensor under other sizes in the place of one.</summary>
    public void Replace(string name, Tensor tensor) => _learned[name] = tensor;

    /// <summary>Gives the tensors places by their names: in the layer that is called so, or in none.</summary>
    /// <returns>Those of no layer, with their names in the network.</returns>
    public IReadOnlyList<(string Name, object Member)> Place(IReadOnlyList<OnnxStep> steps)
    {
        Dictionary<string, OnnxLayer> layers = steps.ToDictionary(s => s.Layer.Name, s => s.Layer);
        List<(string, object)> loose = [];
        foreach ((string name, Tensor tensor) in _learned)
        {
            int dot = name.LastIndexOf('.');
            if (dot <= 0)
            {
                loose.Add((name, tensor));
                continue;
            }

            string path = name[..dot],
                member = name[(dot + 1)..];
            if (!layers.TryGetValue(path, out OnnxLayer? layer))
            {
                layers[path] = layer = new OnnxLayer(path);
                loose.Add((path, layer));
            }

            layer.Add(layer.Has(member) ? $"{member}_loose" : member, tensor);
        }

        return loose;
    }
}
