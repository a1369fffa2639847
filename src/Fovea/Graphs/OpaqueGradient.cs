namespace Fovea.Graphs;

/// <summary>The gradient of an operator that has no rule: runs the operator once more, recorded, and then its imperative
/// Backward. Inputs: those of the operator, then the gradients of its outputs that came. Outputs: the gradients of its
/// inputs.</summary>
/// <remarks>Running it again keeps the node pure: nothing is handed from the forward node to this one but values. It costs the
/// forward pass a second time.</remarks>
/// <param name="of">The operator.</param>
/// <param name="inputs">Number of its inputs.</param>
internal sealed class OpaqueGradient(Operator of, int inputs) : Operator
{
    /// <inheritdoc/>
    public override string Name => $"{of.Name}Gradient";

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => true;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        OutputSpec[] outputs = new OutputSpec[inputs.Length - 1];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = new OutputSpec(inputs[i].Shape, inputs[i].DType, Name: i == 0 ? "" : $"input{i}");
        }

        return outputs;
    }

    /// <inheritdoc/>
    public override Operator At(int batch) => new OpaqueGradient(of.At(batch), inputs) { Owner = Owner };

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        Tensor[] own = [.. call.Inputs.Take(inputs).Select(t => t.Detach())];
        for (int i = 0; i < inputs; i++)
        {
            own[i].RequiresGrad = own[i].DType != DType.Int64 && call.Wants(i);
        }

        Tensor[] wanted = [.. own.Where(t => t.RequiresGrad)];
        Tensor y;
        using (NoGrad.Record())
        {
            y = of.Apply(own);
        }

        IReadOnlyList<Tensor?> gradients = y.GradientsOf(wanted, call.Inputs[inputs]);
        for (int i = 0, next = 0; i < inputs; i++)
        {
            if (own[i].RequiresGrad)
            {
                call.SetOutput(i, gradients[next++] ?? Tensor.Zeros(own[i].Shape, own[i].DType));
            }
        }
    }
}
