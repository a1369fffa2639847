namespace Fovea;

/// <summary>One use of an operator: its inputs while it computes, and after that what backward needs.</summary>
public sealed class OperatorCall
{
    private static long _calls;

    private readonly object?[] _targets;
    private readonly DType[] _inputTypes;
    private Tensor[]? _inputs;
    private Tensor[] _saved = [];
    private (Storage Storage, int Version)[] _written = [];
    private bool _gradientOwned;

    internal OperatorCall(Operator op, ReadOnlySpan<Tensor> inputs, Shape[] shapes, Shape outputShape, bool isRecorded)
    {
        Operator = op;
        InputShapes = shapes;
        OutputShape = outputShape;
        IsRecorded = isRecorded;
        _inputs = inputs.ToArray();
        _targets = new object?[inputs.Length];
        _inputTypes = Array.ConvertAll(_inputs, i => i.DType);
        for (int i = 0; i < inputs.Length && isRecorded; i++)
        {
            _targets[i] = inputs[i].RequiresGrad ? (object?)inputs[i].Producer ?? inputs[i] : null;
        }
    }

    /// <summary>The operator called.</summary>
    public Operator Operator { get; }

    /// <summary>The inputs; available while the operator computes forward, not in backward.</summary>
    /// <exception cref="InvalidOperationException">Read in backward: save what is needed there.</exception>
    public IReadOnlyList<Tensor> Inputs =>
        _inputs
        ?? throw new InvalidOperationException(
            $"{Operator.Name}: Inputs are not kept for backward; use Save in Forward and Saved in Backward."
        );

    /// <summary>The shapes of the inputs.</summary>
    public IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>The shape of the output.</summary>
    public Shape OutputShape { get; }

    /// <summary>Whether backward may follow; where false, saving is not needed.</summary>
    public bool IsRecorded { get; }

    /// <summary>Any further state that backward needs and that is no tensor.</summary>
    public object? State { get; set; }

    /// <summary>The tensors <see cref="Save"/> kept, in its order.</summary>
    /// <exception cref="InvalidOperationException">One of them was changed in place since.</exception>
    public IReadOnlyList<Tensor> Saved
    {
        get
        {
            for (int i = 0; i < _saved.Length; i++)
            {
                if (
                    !ReferenceEquals(_saved[i].Storage, _written[i].Storage)
                    || _saved[i].Storage.Version != _written[i].Version
                )
                {
                    throw new InvalidOperationException(
                        $"{Operator.Subject}: a tensor of shape {_saved[i].Shape} that backward needs was changed in place after the forward pass. Call Backward before the optimizer's step, or change a Clone."
                    );
                }
            }

            return _saved;
        }
    }

    internal long Id { get; private set; }

    internal Tensor? Gradient { get; private set; }

    internal bool IsFreed { get; private set; }

    internal IReadOnlyList<object?> Targets => _targets;

    /// <summary>Keeps tensors for backward. Does nothing where the call is not recorded.</summary>
    /// <param name="tensors">Inputs, the output, or intermediate results.</param>
    public void Save(params Tensor[] tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (IsRecorded)
        {
            _saved = tensors;
            _written = Array.ConvertAll(tensors, t => (t.Storage, t.Storage.Version));
        }
    }

    /// <summary>Whether the gradient of an input is wanted.</summary>
    /// <param name="input">Index of the input.</param>
    public bool Needs(int input) => _targets[input] is not null;

    /// <summary>Hands over the gradient of an input. Ignored where it is not wanted.</summary>
    /// <param name="input">Index of the input.</param>
    /// <param name="gradient">A tensor of the input's shape.</param>
    /// <param name="shared">True where the tensor is also used elsewhere (the output's gradient passed on, or a view of
    /// it): it is then never written to.</param>
    public void Accumulate(int input, Tensor gradient, bool shared = false)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.Shape != InputShapes[input] || gradient.DType != _inputTypes[input])
        {
            throw new InvalidOperationException(
                $"{Operator.Name}: the gradient of input {input} must have its shape and type, {InputShapes[input]} {_inputTypes[input]}, got {gradient.Shape} {gradient.DType}."
            );
        }

        switch (_targets[input])
        {
            case OperatorCall producer:
                producer.AddGradient(gradient, shared);
                break;
            case Tensor leaf:
                AddToLeaf(leaf, gradient, shared);
                break;
            default:
                break;
        }
    }

    internal void Complete(Tensor output)
    {
        _inputs = null;
        if (IsRecorded)
        {
            Id = Interlocked.Increment(ref _calls);
            output.ProducedBy(this);
        }
    }

    internal void AddGradient(Tensor gradient, bool shared)
    {
        if (Gradient is null)
        {
            Gradient = gradient;
            _gradientOwned = !shared;
        }
        else if (_gradientOwned)
        {
            TensorMath.AddInPlace(Gradient, gradient);
        }
        else
        {
            Gradient = TensorMath.Sum(Gradient, gradient);
            _gradientOwned = true;
        }
    }

    internal void ClearGradient() => Gradient = null;

    internal void Free()
    {
        IsFreed = true;
        State = null;
        _saved = [];
        _written = [];
        Array.Clear(_targets);
    }

    internal static void AddToLeaf(Tensor leaf, Tensor gradient, bool shared)
    {
        if (leaf.Grad is null)
        {
            leaf.Grad = shared ? gradient.Clone() : gradient;
        }
        else
        {
            TensorMath.AddInPlace(leaf.Grad, gradient);
        }
    }
}
