namespace Fovea;

/// <summary>A differentiable operation: everything true of it lives in one class. Derive from it to add one.</summary>
/// <remarks>
/// An operator is immutable: it holds options, never tensors. <see cref="Apply"/> checks shapes, computes, and records
/// the call where a gradient is wanted.
/// </remarks>
public abstract partial class Operator
{
    /// <summary>The operator's name in the field's words, e.g. <c>Conv2d</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The layer this operator works for; its path stands in error messages.</summary>
    public Module? Owner { get; init; }

    /// <summary>How messages name this operation: <c>Conv2d 'layer2.conv1'</c>, or <c>Conv2d</c> where no path is
    /// known.</summary>
    public string Subject => Owner is { Path.Length: > 0 } ? $"{Name} '{Owner.Path}'" : Name;

    /// <summary>Whether inputs may be Int64. Override with true where the operator only moves elements, or takes
    /// labels.</summary>
    public virtual bool AcceptsIntegers => false;

    /// <summary>Whether one input may be Int64. Unless overridden: <see cref="AcceptsIntegers"/>.</summary>
    /// <param name="input">Its position.</param>
    public virtual bool AcceptsIntegersAt(int input) => AcceptsIntegers;

    /// <summary>Whether one input is what another operator saved for its gradient, in an element type of its own
    /// or as memory that holds no numbers of it (<see cref="OutputSpec.IsRaw"/>).</summary>
    /// <param name="input">Its position.</param>
    internal virtual bool AcceptsSavedAt(int input) => false;

    /// <summary>The shape rule: the shape of the first output for given input shapes.</summary>
    /// <param name="inputs">The shapes of the inputs, in the order of <see cref="Apply"/>.</param>
    /// <exception cref="ShapeException">The shapes do not fit; the message says which rule, what it got and the likely
    /// fix.</exception>
    public abstract Shape OutputShape(ReadOnlySpan<Shape> inputs);

    /// <summary>All outputs. Unless overridden: one result of <see cref="OutputShape"/>, with the element type of the first
    /// input that is not Int64.</summary>
    /// <param name="inputs">Shapes and types of the inputs.</param>
    /// <exception cref="ShapeException">As for <see cref="OutputShape"/>.</exception>
    public virtual IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new OutputSpec(OutputShape(ShapesOf(inputs)), FloatTypeOf(inputs))];

    /// <summary>What the gradient rule <see cref="Differentiate"/> reads; null where there is none and
    /// <see cref="Backward"/> is run instead.</summary>
    /// <param name="needs">For each input, whether its gradient is wanted.</param>
    public virtual GradientReads? Reads(ReadOnlySpan<bool> needs) => null;

    /// <summary>Whether what <see cref="Reads"/> names is computed anew by what runs in place of this node, so that nothing
    /// is kept for it.</summary>
    internal virtual bool KeepsNothing => false;

    /// <summary>The operator for a number of items. An operator whose attributes hold a <see cref="SymbolicShape"/> gives one
    /// in which that is fixed; all others give themselves.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public virtual Operator At(int batch) => this;

    /// <summary>The operator as it is used in evaluation, with the same inputs: normalizations by running statistics; null
    /// where the first input passes unchanged, as with dropout.</summary>
    public virtual Operator? InEvaluation() => this;

    /// <summary>Whether the output is the first input's memory under another shape.</summary>
    internal virtual bool IsView => false;

    /// <summary>Computes the operator, and records the call for <see cref="Tensor.Backward"/> where an input requires a
    /// gradient.</summary>
    /// <param name="inputs">The inputs; floating-point ones must share one element type.</param>
    /// <returns>The first output.</returns>
    /// <exception cref="ShapeException">The inputs do not fit.</exception>
    /// <exception cref="ArgumentException">An input is Int64 and the operator computes with it.</exception>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs) => ApplyTo(inputs, null)[0]!;

    /// <summary>As <see cref="Apply"/>, for an operator of several outputs.</summary>
    /// <param name="inputs">The inputs; floating-point ones must share one element type.</param>
    /// <returns>The outputs of role <see cref="OutputRole.Result"/> and <see cref="OutputRole.NextState"/>, in
    /// order.</returns>
    /// <exception cref="ShapeException">The inputs do not fit.</exception>
    /// <exception cref="ArgumentException">An input is Int64 and the operator computes with it.</exception>
    public IReadOnlyList<Tensor> ApplyAll(params ReadOnlySpan<Tensor> inputs)
    {
        IReadOnlyList<OutputSpec> outputs = Outputs(SpecsOf(inputs));
        return [.. ApplyTo(inputs, null).Where((_, j) => outputs[j].Role != OutputRole.Saved).Select(t => t!)];
    }

    /// <summary>Computes the operator without a record: how a graph is run.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="wants">For each output, whether it is to be computed.</param>
    /// <returns>All outputs; null where not wanted.</returns>
    internal Tensor?[] Execute(ReadOnlySpan<Tensor> inputs, bool[] wants)
    {
        TensorSpec[] specs = SpecsOf(inputs);
        OperatorCall call = new(this, inputs, specs, Outputs(specs), isRecorded: false, wants);
        Run(call);
        return Complete(call, inputs);
    }

    /// <summary>As <see cref="Apply"/>, with all outputs.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="wants">For each output, whether it is to be computed; null for the usual: saved ones only where the call
    /// is recorded.</param>
    /// <returns>All outputs; null where not wanted.</returns>
    internal Tensor?[] ApplyTo(ReadOnlySpan<Tensor> inputs, bool[]? wants)
    {
        TensorSpec[] specs = SpecsOf(inputs);
        bool record = false;
        foreach (Tensor input in inputs)
        {
            record |= input.RequiresGrad;
        }

        RequireOneType(inputs);
        if (GraphTracer.Current is { } tracer)
        {
            return tracer.Record(this, inputs, tracer.Outputs(this, inputs, specs));
        }

        OperatorCall call = new(this, inputs, specs, Outputs(specs), record && NoGrad.IsRecording, wants);
        if (OperatorObserver.SeesCalls)
        {
            RunSeen(call);
        }
        else
        {
            Run(call);
        }

        Tensor?[] results = Complete(call, inputs);
        if (!BackwardRun.IsActive && results[0] is { } first)
        {
            OperatorObserver.Notify(call, inputs, first);
        }

        return results;
    }

    /// <summary>Computes the only output from <see cref="OperatorCall.Inputs"/>. Override this, or <see cref="Run"/> for
    /// several outputs.</summary>
    /// <param name="call">Inputs, output shape, and whether the call is recorded.</param>
    /// <returns>A new tensor, or a view of an input.</returns>
    protected virtual Tensor Forward(OperatorCall call) =>
        throw new NotSupportedException($"{Subject}: override Forward, or Run for several outputs.");

    /// <summary>Computes the outputs that <see cref="OperatorCall.Wants"/> names, and hands each to
    /// <see cref="OperatorCall.SetOutput"/>. Unless overridden: the one of <see cref="Forward"/>.</summary>
    /// <param name="call">Inputs, outputs, and whether the call is recorded.</param>
    protected virtual void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        call.SetOutput(0, Forward(call));
    }

    /// <summary>The gradient rule, written with operators on tensors: where the tensors have values it computes, and in a
    /// trace the same lines become nodes. Needs <see cref="Reads"/> beside it.</summary>
    /// <param name="call">The values that <see cref="Reads"/> names, the gradients of the outputs, and where gradients of
    /// inputs go: each input that is needed gets <see cref="GradientCall.Give"/> or
    /// <see cref="GradientCall.GiveNone"/>.</param>
    protected virtual void Differentiate(GradientCall call) =>
        throw new NotSupportedException(
            $"{Subject}: Reads says that there is a gradient rule; override Differentiate."
        );

    /// <summary>An imperative gradient, for operators without a rule: computes the gradients of the inputs that need one, and
    /// hands each to <see cref="OperatorCall.Accumulate"/>. Such an operator is opaque: graphs run it as it is, and gradients
    /// of gradients cannot pass it.</summary>
    /// <param name="call">What <see cref="Forward"/> saved, and which inputs need a gradient.</param>
    /// <param name="gradient">The gradient of the output; must not be changed.</param>
    protected virtual void Backward(OperatorCall call, Tensor gradient) =>
        throw new NotSupportedException(
            $"{Subject}: it has no gradient. Override Reads and Differentiate (a rule), or Backward (imperative)."
        );

    private void RunSeen(OperatorCall call)
    {
        OperatorObserver.EnterOperator();
        try
        {
            Run(call);
        }
        finally
        {
            OperatorObserver.LeaveOperator();
        }
    }

    internal void RunBackward(OperatorCall call, Tensor gradient) => Backward(call, gradient);

    internal void RunDifferentiate(GradientCall call) => Differentiate(call);

    /// <summary>The shapes of specs.</summary>
    private protected static Shape[] ShapesOf(ReadOnlySpan<TensorSpec> specs)
    {
        Shape[] shapes = new Shape[specs.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = specs[i].Shape;
        }

        return shapes;
    }

    /// <summary>The element type of the first input that is not Int64; Int64 where there is none.</summary>
    private protected static DType FloatTypeOf(ReadOnlySpan<TensorSpec> specs)
    {
        foreach (TensorSpec spec in specs)
        {
            if (spec.DType != DType.Int64)
            {
                return spec.DType;
            }
        }

        return DType.Int64;
    }

    private static Tensor?[] Complete(OperatorCall call, ReadOnlySpan<Tensor> inputs)
    {
        Tensor?[] results = call.Complete();
        foreach (Tensor input in inputs)
        {
            GC.KeepAlive(input);
        }

        return results;
    }

    private static TensorSpec[] SpecsOf(ReadOnlySpan<Tensor> inputs)
    {
        TensorSpec[] specs = new TensorSpec[inputs.Length];
        for (int i = 0; i < specs.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(inputs[i], nameof(inputs));
            specs[i] = new TensorSpec(inputs[i].Shape, inputs[i].DType);
        }

        return specs;
    }

    private void RequireOneType(ReadOnlySpan<Tensor> inputs)
    {
        DType? first = null;
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor input = inputs[i];
            if (AcceptsSavedAt(i))
            {
                continue;
            }

            if (input.DType == DType.Int64)
            {
                if (!AcceptsIntegersAt(i))
                {
                    throw new ArgumentException(
                        $"{Subject}: elements must be Float32 or Float64, got Int64 {input.Shape}. Convert with To(DType.Float32)."
                    );
                }

                continue;
            }

            first ??= input.DType;
            if (input.DType != first)
            {
                throw new ShapeException(
                    $"{Subject}: inputs must share one element type, got {first} and {input.DType}. Convert one with To."
                );
            }
        }
    }
}
