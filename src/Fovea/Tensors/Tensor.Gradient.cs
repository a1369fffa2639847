namespace Fovea;

public partial class Tensor
{
    private bool _requiresGrad;
    private Tensor? _grad;

    /// <summary>Whether <see cref="Backward"/> computes a gradient for this tensor: true on parameters, on tensors
    /// asked for, and on results of either.</summary>
    /// <exception cref="InvalidOperationException">Set on integers, or set to false on a computed tensor (use
    /// <see cref="Detach"/>).</exception>
    public bool RequiresGrad
    {
        get => _requiresGrad;
        set
        {
            if (value && DType == DType.Int64)
            {
                throw new InvalidOperationException(
                    "Tensor.RequiresGrad: integers have no gradient; convert with To(DType.Float32) first."
                );
            }

            if (!value && Producer is not null)
            {
                throw new InvalidOperationException(
                    "Tensor.RequiresGrad: a computed tensor carries its history; use Detach() for a copy without."
                );
            }

            _requiresGrad = value;
        }
    }

    /// <summary>The gradient <see cref="Backward"/> left here, of this tensor's shape; null before, and on computed
    /// tensors. Gradients add up until set to null.</summary>
    /// <exception cref="ShapeException">Set to a tensor of another shape or element type.</exception>
    public Tensor? Grad
    {
        get => _grad;
        set =>
            _grad =
                value is null || (value.Shape == Shape && value.DType == DType)
                    ? value
                    : throw new ShapeException(
                        $"Grad: a gradient must have its tensor's shape and type, got {value.Shape} {value.DType} for {Shape} {DType}."
                    );
    }

    /// <summary>The recorded operation that computed this tensor; null on leaves and under
    /// <see cref="NoGrad"/>.</summary>
    internal OperatorCall? Producer { get; private set; }

    /// <summary>Which output of its producer it is.</summary>
    internal int OutputIndex { get; private set; }

    /// <summary>Computes the gradient of this tensor with respect to every leaf it came from and adds it to their
    /// <see cref="Grad"/>.</summary>
    /// <param name="gradient">The gradient of this tensor itself, of its shape; may be left out for a tensor of one
    /// element, where it is 1.</param>
    /// <param name="retainGraph">Keep the record for a second call; otherwise it is freed on the way.</param>
    /// <param name="createGraph">Record the gradients themselves, so that they can be differentiated again; keeps the
    /// record too.</param>
    /// <exception cref="InvalidOperationException">Nothing was recorded, or the record was freed, or a saved value was
    /// changed in place since; or <paramref name="createGraph"/> meets an operator with an imperative
    /// gradient.</exception>
    /// <exception cref="ShapeException">No gradient was given for a tensor of more than one element, or one of another
    /// shape.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false) =>
        BackwardEngine.Run(this, gradient, retainGraph, createGraph);

    /// <summary>Computes the gradients of this tensor with respect to some tensors and returns them; no
    /// <see cref="Grad"/> is touched.</summary>
    /// <param name="inputs">Leaves or computed tensors.</param>
    /// <param name="gradient">The gradient of this tensor itself, of its shape; may be left out for a tensor of one
    /// element, where it is 1.</param>
    /// <param name="retainGraph">Keep the record for a second call; otherwise it is freed on the way.</param>
    /// <param name="createGraph">Record the gradients themselves, so that they can be differentiated again; keeps the
    /// record too.</param>
    /// <returns>One for each input, of its shape; null for an input on which this tensor does not depend.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="Backward"/>.</exception>
    /// <exception cref="ShapeException">As for <see cref="Backward"/>.</exception>
    public IReadOnlyList<Tensor?> GradientsOf(
        IReadOnlyList<Tensor> inputs,
        Tensor? gradient = null,
        bool retainGraph = false,
        bool createGraph = false
    )
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return BackwardEngine.GradientsOf(this, inputs, gradient, retainGraph, createGraph);
    }

    /// <summary>The same elements without history: gradients stop here.</summary>
    public Tensor Detach() => GraphTracer.Current is null ? View(Shape) : new StopGradient().Apply(this);

    /// <summary>Marks this tensor as the output of a recorded operation.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="output">Which output.</param>
    internal void ProducedBy(OperatorCall call, int output)
    {
        (Producer, OutputIndex) = (call, output);
        _requiresGrad = true;
    }
}
