namespace Fovea.Interop.Onnx;

/// <summary>Weights of a file as parameters and state of modules, so that an imported network can be trained.</summary>
internal static class LearnedValues
{
    /// <summary>Makes parameters and state of what stands in the slots of nodes that say so. A tensor in several slots is one
    /// parameter.</summary>
    public static void Take(
        IReadOnlyList<OnnxStep> steps,
        Dictionary<string, OnnxValue> known,
        IReadOnlySet<string> initializers,
        MarkedTensors marked
    )
    {
        foreach (OnnxStep step in steps)
        {
            foreach (LearnedInput slot in step.Row.Learned)
            {
                if (
                    ValueAt(step, slot, known, marked) is { } value
                    && (value.Tensor is not (Parameter or StateBuffer) || (slot.IsOfChannels && value.Shape.Rank > 1))
                )
                {
                    string given = step.Node.Inputs[slot.Input];
                    bool isColumn = slot.IsOfChannels && value.Shape.Rank > 1 && value.Shape.Count == value.Shape[0];
                    step.Layer.IsOfChannels |= isColumn;
                    Tensor values = isColumn ? value.Tensor.Reshape(-1) : value.Tensor;
                    Tensor tensor = slot.IsState ? State(values) : Learned(values, slot.Kind, slot.Name);
                    if (marked.IsLearned(given))
                    {
                        marked.Replace(given, tensor); // it finds its place by its name
                        known[given] = new OnnxValue(value.Type, tensor);
                        continue;
                    }

                    string member =
                        initializers.Contains(given) && Leaf(given, step.Layer.Name) is { } leaf ? leaf : slot.Name;
                    step.Layer.Add(step.Layer.Has(member) ? $"{member}_{slot.Input}" : member, tensor);
                    known[given] = new OnnxValue(value.Type, tensor);
                }
            }

            OnnxValue?[] states = [.. States(step, known, marked)];
            if (states.Length > 0 && states.All(v => v?.Tensor is StateBuffer))
            {
                step.Layer.AddBatches(states[0]!.Tensor.DType);
            }

            if (step.Node.Operator == "Dropout" && step.Node.Inputs.Count < 3)
            {
                OnnxValue? ratio = step.Node.Inputs.Count > 1 ? known.GetValueOrDefault(step.Node.Inputs[1]) : null;
                step.Layer.AddDrop(RandomOperators.Ratio(step.Node, ratio));
            }
        }
    }

    /// <summary>The layer that the names of a node's weights say: <c>layer1.0.conv1.weight</c> is of <c>layer1.0.conv1</c>. Null
    /// where they say nothing.</summary>
    public static string? LayerName(
        OnnxStep step,
        IReadOnlyDictionary<string, OnnxValue> known,
        IReadOnlySet<string> initializers,
        MarkedTensors marked
    )
    {
        string[] names =
        [
            .. step
                .Row.Learned.Where(s => ValueAt(step, s, known, marked) is not null)
                .Select(s => step.Node.Inputs[s.Input])
                .Where(initializers.Contains),
        ];
        string[] modules = [.. names.Select(n => n[..Math.Max(0, n.LastIndexOf('.'))]).Distinct()];
        return
            modules is [{ Length: > 0 } module]
            && !module.Contains(':', StringComparison.Ordinal)
            && !module.Contains('/', StringComparison.Ordinal)
            ? module
            : null;
    }

    private static IEnumerable<OnnxValue?> States(
        OnnxStep step,
        Dictionary<string, OnnxValue> known,
        MarkedTensors marked
    ) => step.Row.Learned.Where(l => l.IsState).Select(l => ValueAt(step, l, known, marked));

    private static OnnxValue? ValueAt(
        OnnxStep step,
        LearnedInput slot,
        IReadOnlyDictionary<string, OnnxValue> known,
        MarkedTensors marked
    ) =>
        slot.Input < step.Node.Inputs.Count
        && !marked.IsConstant(step.Node.Inputs[slot.Input])
        && known.TryGetValue(step.Node.Inputs[slot.Input], out OnnxValue? value)
        && value.Type.IsFloat()
        && value.Shape.Rank >= slot.LeastRank
        && value.Shape.Count > 0
            ? value
            : null;

    private static string? Leaf(string name, string layer) =>
        name.StartsWith(layer + ".", StringComparison.Ordinal) ? name[(layer.Length + 1)..] : null;

    /// <summary>A parameter with values.</summary>
    public static Parameter Learned(Tensor values, ParameterKind kind, string name)
    {
        Fovea.Initialization.Initializer rule = kind switch
        {
            ParameterKind.Norm => new Fovea.Initialization.Constant(name == "weight" ? 1.0 : 0.0),
            ParameterKind.Weight when values.Rank >= 2 => new Fovea.Initialization.LayerDefault(),
            _ => new Fovea.Initialization.Constant(0.0),
        };
        Parameter parameter = new(values.Shape, rule, kind);
        parameter.Assign(values);
        return parameter;
    }

    /// <summary>State with values.</summary>
    public static StateBuffer State(Tensor values)
    {
        StateBuffer state = new(values.Shape, 0f);
        state.Assign(values);
        return state;
    }
}
