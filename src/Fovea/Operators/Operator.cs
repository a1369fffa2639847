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

    /// <summary>The shape rule: the output shape for given input shapes.</summary>
    /// <param name="inputs">The shapes of the inputs, in the order of <see cref="Apply"/>.</param>
    /// <exception cref="ShapeException">The shapes do not fit; the message says which rule, what it got and the likely
    /// fix.</exception>
    public abstract Shape OutputShape(ReadOnlySpan<Shape> inputs);

    /// <summary>Computes the operator, and records the call for <see cref="Tensor.Backward"/> where an input requires a
    /// gradient.</summary>
    /// <param name="inputs">The inputs; floating-point ones must share one element type.</param>
    /// <exception cref="ShapeException">The inputs do not fit.</exception>
    /// <exception cref="ArgumentException">An input is Int64 and the operator computes with it.</exception>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs)
    {
        Shape[] shapes = new Shape[inputs.Length];
        bool record = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(inputs[i], nameof(inputs));
            shapes[i] = inputs[i].Shape;
            record |= inputs[i].RequiresGrad;
        }

        RequireOneType(inputs);
        if (GraphTracer.Current is { } tracer)
        {
            return tracer.Record(this, inputs, tracer.OutputShape(this, inputs, shapes));
        }

        Shape output = OutputShape(shapes);
        OperatorCall call = new(this, inputs, shapes, output, record && NoGrad.IsRecording);
        Tensor result = Forward(call);
        call.Complete(result);
        OperatorObserver.Notify(this, result);
        for (int i = 0; i < inputs.Length; i++)
        {
            GC.KeepAlive(inputs[i]);
        }

        return result;
    }

    /// <summary>Computes the output from <see cref="OperatorCall.Inputs"/>; saves what <see cref="Backward"/> will
    /// need.</summary>
    /// <param name="call">Inputs, output shape, and whether the call is recorded.</param>
    /// <returns>A new tensor, or a view of an input.</returns>
    protected abstract Tensor Forward(OperatorCall call);

    /// <summary>Computes the gradients of the inputs that need one, and hands each to
    /// <see cref="OperatorCall.Accumulate"/>.</summary>
    /// <param name="call">What <see cref="Forward"/> saved, and which inputs need a gradient.</param>
    /// <param name="gradient">The gradient of the output; must not be changed.</param>
    protected abstract void Backward(OperatorCall call, Tensor gradient);

    internal void RunBackward(OperatorCall call, Tensor gradient) => Backward(call, gradient);

    private void RequireOneType(ReadOnlySpan<Tensor> inputs)
    {
        DType? first = null;
        foreach (Tensor input in inputs)
        {
            if (input.DType == DType.Int64)
            {
                if (!AcceptsIntegers)
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
