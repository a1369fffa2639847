namespace Fovea.Interop.Onnx;

/// <summary>A node as it is run: what it does, and the layer that stands for it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Row">Its operator.</param>
/// <param name="Layer">Its layer.</param>
internal sealed record OnnxStep(OnnxNode Node, OnnxOperator Row, OnnxLayer Layer)
{
    /// <summary>Runs it on values, or records it in the trace that this thread is making.</summary>
    /// <param name="inputs">Its inputs; null for one that is absent.</param>
    /// <param name="frozen">The number of items that the file declares and that of the run, where they differ.</param>
    /// <returns>Its outputs, as far as it gives them.</returns>
    /// <exception cref="ModelFormatException">The node breaks a rule of its operator.</exception>
    /// <exception cref="ShapeException">Its inputs do not fit.</exception>
    public OnnxValue?[] Run(OnnxValue?[] inputs, (long Declared, long Actual)? frozen = null)
    {
        GraphTracer? tracer = GraphTracer.Current;
        OnnxCall call = new(Node, inputs, Layer, tracer?.Batch ?? 0) { Frozen = frozen };
        try
        {
            if (!Row.IsRandom && call.Given.All(i => i.IsKnown))
            {
                return [.. GraphTracer.Outside(() => Compute(call, isTracing: false)).Select(v => v?.AsKnown())];
            }

            if (tracer is null)
            {
                return Compute(call, isTracing: false);
            }

            tracer.Names.Scope = Layer.Path;
            OnnxValue?[] results = Compute(call, isTracing: true);
            tracer.Names.Scope = "";
            return results;
        }
        catch (ShapeException e)
        {
            throw new ShapeException(
                e.Message.Contains(Node.Name, StringComparison.Ordinal) ? e.Message : $"{Node.Subject}: {e.Message}",
                e
            );
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or IndexOutOfRangeException
                        or OverflowException
                        or DivideByZeroException
                        or NotSupportedException
            )
        {
            throw new ModelFormatException($"{Node.Subject} (opset {Node.Opset}): {e.Message}", e);
        }
    }

    private OnnxValue?[] Compute(OnnxCall call, bool isTracing)
    {
        if (!isTracing && Row.Specs is not null)
        {
            foreach (ValueSpec spec in Row.Specs(call))
            {
                call.RequireRoom(spec.Shape);
            }
        }

        if (Row.Graph?.Invoke(call) is { } results)
        {
            return results;
        }

        if (Row.Evaluate is null)
        {
            throw call.Error(
                $"not for inputs of {string.Join(", ", call.Given.Select(i => ElementTypes.NameOf(i.Type)))} in this form"
            );
        }

        bool wantsGradient = NoGrad.IsRecording && call.Given.Any(i => i.Tensor.RequiresGrad);
        if (Row.Specs is null && isTracing)
        {
            throw call.Error(
                "its sizes depend on values, so it cannot stand in a graph; run the network as it is, or cut the model before this node"
            );
        }

        return Row.Specs is null || !(isTracing || wantsGradient) ? Row.Evaluate(call) : Record(call);
    }

    /// <summary>As an operator of a graph, or of the record that gradients follow.</summary>
    private OnnxValue?[] Record(OnnxCall call)
    {
        ValueSpec[] specs = Row.Specs!(call);
        Tensor[] flowing = [.. EvaluatedOperator.Flowing(call).Select(i => call.Inputs[i]!.Tensor)];
        IReadOnlyList<Tensor> tensors = new EvaluatedOperator(Row, call) { Owner = Layer }.ApplyAll(flowing);
        return [.. tensors.Select((t, i) => new OnnxValue(specs[i].Type, t))];
    }
}
