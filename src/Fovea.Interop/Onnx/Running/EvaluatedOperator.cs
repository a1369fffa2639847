namespace Fovea.Interop.Onnx;

/// <summary>An operator of ONNX that no operator of Fovea stands for, as a node of a graph: it runs as it is, and has no
/// gradient.</summary>
/// <param name="row">The operator.</param>
/// <param name="call">The use in the trace; what was known there is held.</param>
/// <param name="batch">The number of items; null while it is open.</param>
internal sealed class EvaluatedOperator(OnnxOperator row, OnnxCall call, int? batch = null) : Operator
{
    /// <inheritdoc/>
    public override string Name => row.Name;

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <summary>The inputs that flow; the others are held.</summary>
    public static IEnumerable<int> Flowing(OnnxCall call) =>
        Enumerable.Range(0, call.Inputs.Length).Where(i => call.Inputs[i] is { IsKnown: false });

    /// <inheritdoc/>
    public override Operator At(int items) => new EvaluatedOperator(row, call, items) { Owner = Owner };

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        TensorSpec[] specs = new TensorSpec[inputs.Length];
        int[] flowing = [.. Flowing(call)];
        for (int i = 0; i < specs.Length; i++)
        {
            specs[i] = new TensorSpec(inputs[i], call.Inputs[flowing[i]]!.Tensor.DType);
        }

        return Outputs(specs)[0].Shape;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        Tensor[] tensors = new Tensor[inputs.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Tensor.Symbolic(inputs[i].Shape, inputs[i].DType);
        }

        ValueSpec[] specs = row.Specs!(CallOn(tensors));
        return
        [
            .. specs.Select(
                (s, i) => new OutputSpec(s.Shape, s.Type.Carrier(), OutputRole.Result, i == 0 ? "" : $"output{i}")
            ),
        ];
    }

    /// <inheritdoc/>
    protected override void Run(OperatorCall operatorCall)
    {
        ArgumentNullException.ThrowIfNull(operatorCall);
        OnnxValue?[] results = row.Evaluate!(CallOn([.. operatorCall.Inputs]));
        for (int i = 0; i < operatorCall.Outputs.Count; i++)
        {
            operatorCall.SetOutput(i, results[i]!.Tensor);
        }
    }

    /// <summary>Writes the node as it was read.</summary>
    /// <exception cref="ModelFormatException">It was read in another opset, in which it may mean something else.</exception>
    public void Write(OnnxUse use)
    {
        if (use.Opset != call.Opset)
        {
            throw use.Cannot(
                $"no operator here stands for it, and it was read in opset {call.Opset}; write that opset"
            );
        }

        int[] flowing = [.. Flowing(call)];
        string[] inputs = new string[call.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            int position = Array.IndexOf(flowing, i);
            inputs[i] =
                position >= 0 ? use.As(position, call.Inputs[i]!.Type)
                : call.Inputs[i] is { } held ? use.Held($"input{i}", held)
                : "";
        }

        string[] results = use.AddAll(use.Node.Outputs.Count, Name, inputs, call.Node.Attributes.Values);
        ValueSpec[] specs = row.Specs!(call);
        for (int j = 0; j < results.Length; j++)
        {
            use.Is(results[j], specs[j].Type, j);
        }
    }

    private OnnxCall CallOn(Tensor[] tensors)
    {
        OnnxValue?[] inputs = [.. call.Inputs.Select(v => v is null ? null : Held(v))];
        int next = 0;
        foreach (int i in Flowing(call))
        {
            inputs[i] = new OnnxValue(call.Inputs[i]!.Type, tensors[next++]);
        }

        return new OnnxCall(
            call.Node,
            inputs,
            call.Layer,
            batch is null || batch == call.Placeholder ? call.Placeholder : 0
        );
    }

    /// <summary>What was known in the trace, for this number of items: sizes that stood for the batch follow it.</summary>
    private OnnxValue Held(OnnxValue value)
    {
        if (batch is not { } items || value.Type != ElementType.Int64 || !value.IsKnown || value.Shape.Rank > 1)
        {
            return value;
        }

        long[] sizes = Array.ConvertAll(value.Integers(), v => call.IsBatch(v) ? v / call.Placeholder * items : v);
        return OnnxValue.Of(value.Type, sizes, value.Shape).AsKnown();
    }
}
