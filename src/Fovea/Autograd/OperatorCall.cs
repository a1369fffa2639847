namespace Fovea;

/// <summary>One use of an operator: its inputs while it computes, and after that what backward needs.</summary>
public sealed class OperatorCall
{
    private static long _calls;

    private readonly GradientTarget[] _targets;
    private readonly TensorSpec[] _specs;
    private readonly bool[]? _wants;
    private Tensor?[] _results;
    private Tensor[]? _inputs;
    private Tensor[] _saved = [];
    private (Storage Storage, int Version)[] _written = [];
    private KeptTensors? _kept;
    private AccumulatedGradient[]? _gradients;

    internal OperatorCall(
        Operator op,
        ReadOnlySpan<Tensor> inputs,
        TensorSpec[] specs,
        IReadOnlyList<OutputSpec> outputs,
        bool isRecorded,
        bool[]? wants = null
    )
    {
        (Operator, Outputs, IsRecorded) = (op, outputs, isRecorded);
        (_inputs, _specs, _wants) = (inputs.ToArray(), specs, wants);
        InputShapes = Array.ConvertAll(specs, s => s.Shape);
        _results = new Tensor?[outputs.Count];
        _targets = isRecorded ? Array.ConvertAll(_inputs, GradientTarget.Of) : new GradientTarget[inputs.Length];
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

    /// <summary>The outputs that the operator declares.</summary>
    public IReadOnlyList<OutputSpec> Outputs { get; }

    /// <summary>The shape of the first output.</summary>
    public Shape OutputShape => Outputs[0].Shape;

    /// <summary>Whether backward may follow; where false, saving is not needed.</summary>
    public bool IsRecorded { get; }

    /// <summary>Any further state that an imperative <see cref="Operator.Backward"/> needs and that is no
    /// tensor.</summary>
    public object? State { get; set; }

    /// <summary>The tensors <see cref="Save"/> kept, in its order.</summary>
    /// <exception cref="InvalidOperationException">One of them was changed in place since.</exception>
    public IReadOnlyList<Tensor> Saved
    {
        get
        {
            for (int i = 0; i < _saved.Length; i++)
            {
                RequireUnchanged(_saved[i], _written[i]);
            }

            return _saved;
        }
    }

    internal long Id { get; private set; }

    internal bool IsFreed { get; private set; }

    /// <summary>The backward pass that visits this call now.</summary>
    internal BackwardRun? Run { get; set; }

    internal IReadOnlyList<GradientTarget> Targets => _targets;

    /// <summary>What is kept for the gradient rule or by <see cref="Save"/>.</summary>
    internal IEnumerable<Tensor> Kept => _kept is null ? _saved : _kept.Inputs.Concat(_kept.Outputs).OfType<Tensor>();

    /// <summary>Whether an output is to be computed.</summary>
    /// <param name="output">Its position.</param>
    public bool Wants(int output) =>
        _wants is not null ? _wants[output] : IsRecorded || Outputs[output].Role != OutputRole.Saved;

    /// <summary>Hands over an output that was computed.</summary>
    /// <param name="output">Its position.</param>
    /// <param name="tensor">A tensor of the declared shape and type.</param>
    /// <exception cref="InvalidOperationException">The tensor has another shape or type than the operator
    /// declared.</exception>
    public void SetOutput(int output, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Shape != Outputs[output].Shape || tensor.DType != Outputs[output].DType)
        {
            throw new InvalidOperationException(
                $"{Operator.Subject}: output {output} was declared as {Outputs[output].Shape} {Outputs[output].DType}, got {tensor.Shape} {tensor.DType}."
            );
        }

        _results[output] = tensor;
    }

    /// <summary>Keeps tensors for an imperative <see cref="Operator.Backward"/>. Does nothing where the call is not
    /// recorded.</summary>
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
    public bool Needs(int input) => _targets[input].IsAny && (Run?.Wants(_targets[input]) ?? true);

    /// <summary>Hands over the gradient of an input, in an imperative <see cref="Operator.Backward"/>. Ignored where it is
    /// not wanted.</summary>
    /// <param name="input">Index of the input.</param>
    /// <param name="gradient">A tensor of the input's shape.</param>
    /// <param name="shared">True where the tensor is also used elsewhere (the output's gradient passed on, or a view of
    /// it): it is then never written to.</param>
    public void Accumulate(int input, Tensor gradient, bool shared = false)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.Shape != InputShapes[input] || gradient.DType != _specs[input].DType)
        {
            throw new InvalidOperationException(
                $"{Operator.Name}: the gradient of input {input} must have its shape and type, {InputShapes[input]} {_specs[input].DType}, got {gradient.Shape} {gradient.DType}."
            );
        }

        if (Needs(input))
        {
            OperatorObserver.NotifyGradient(this, input, gradient);
            Run!.Add(_targets[input], gradient, shared);
        }
    }

    internal Tensor?[] Complete()
    {
        for (int i = 0; i < _results.Length; i++)
        {
            if (_results[i] is null && Wants(i))
            {
                throw new InvalidOperationException($"{Operator.Subject}: Run did not set output {i}.");
            }
        }

        if (IsRecorded)
        {
            Id = Interlocked.Increment(ref _calls);
            bool[] needs = Array.ConvertAll(_targets, t => t.IsAny);
            _kept = Operator.Reads(needs) is { } reads ? new KeptTensors(reads, _inputs!, _results) : null;
            for (int i = 0; i < _results.Length; i++)
            {
                if (Outputs[i] is { IsDifferentiable: true, DType: not DType.Int64 })
                {
                    _results[i]?.ProducedBy(this, i);
                }
            }
        }

        Tensor?[] results = _results;
        (_inputs, _results) = (null, []); // the caller holds the results; a call must not keep alive what nobody reads
        return results;
    }

    /// <summary>Whether the operator has a rule of operators; else its imperative gradient is run.</summary>
    internal bool HasRule => _kept is not null;

    /// <summary>What the gradient rule works with.</summary>
    internal GradientCall ForRule()
    {
        KeptTensors kept = _kept!;
        kept.RequireUnchanged(this);
        bool[] needs = new bool[_targets.Length];
        for (int i = 0; i < needs.Length; i++)
        {
            needs[i] = Needs(i);
            if (needs[i] && _targets[i].Leaf is { } leaf && leaf.DType != _specs[i].DType)
            {
                throw Changed(leaf); // converted since: its gradient has the type that it had
            }
        }

        return new GradientCall(
            Operator,
            _specs,
            Outputs,
            kept.Inputs,
            kept.Outputs,
            Array.ConvertAll(_gradients!, g => g.Value),
            needs
        );
    }

    /// <summary>The gradient of an output, as far as it has arrived.</summary>
    internal Tensor? GradientOf(int output) => _gradients?[output].Value;

    /// <summary>Whether a gradient has arrived for any output.</summary>
    internal bool HasGradient => _gradients is not null && Array.Exists(_gradients, g => g.Value is not null);

    internal void AddGradient(int output, Tensor gradient, bool shared, bool record) =>
        (_gradients ??= new AccumulatedGradient[Outputs.Count])[output].Add(gradient, shared, record);

    internal void ClearGradient() => _gradients = null;

    internal void Free()
    {
        IsFreed = true;
        State = null;
        _saved = [];
        _written = [];
        _kept = null;
        Array.Clear(_targets);
    }

    internal void RequireUnchanged(Tensor tensor, (Storage Storage, int Version) written)
    {
        if (!ReferenceEquals(tensor.Storage, written.Storage) || tensor.Storage.Version != written.Version)
        {
            throw Changed(tensor);
        }
    }

    private InvalidOperationException Changed(Tensor tensor) =>
        new(
            $"{Operator.Subject}: a tensor of shape {tensor.Shape} that backward needs was changed in place after the forward pass. Call Backward before the optimizer's step, or change a Clone."
        );

    /// <summary>The tensors that a rule reads, with the writes that they had seen.</summary>
    private sealed class KeptTensors
    {
        private readonly (Storage Storage, int Version)[] _inputs;
        private readonly (Storage Storage, int Version)[] _outputs;

        public KeptTensors(GradientReads reads, Tensor[] inputs, Tensor?[] outputs)
        {
            Inputs = [.. inputs.Select((t, i) => reads.Input(i) ? t : null)];
            Outputs = [.. outputs.Select((t, j) => reads.Output(j) ? t : null)];
            (_inputs, _outputs) = (Stamp(Inputs), Stamp(Outputs));
        }

        public Tensor?[] Inputs { get; }

        public Tensor?[] Outputs { get; }

        public void RequireUnchanged(OperatorCall call)
        {
            Check(Inputs, _inputs);
            Check(Outputs, _outputs);

            void Check(Tensor?[] tensors, (Storage, int)[] written)
            {
                for (int i = 0; i < tensors.Length; i++)
                {
                    if (tensors[i] is { } tensor)
                    {
                        call.RequireUnchanged(tensor, written[i]);
                    }
                }
            }
        }

        private static (Storage, int)[] Stamp(Tensor?[] tensors) =>
            Array.ConvertAll(tensors, t => t is null ? default : (t.Storage, t.Storage.Version));
    }
}
