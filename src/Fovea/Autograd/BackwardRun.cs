namespace Fovea;

/// <summary>One backward pass: what it is after, and where gradients of leaves go.</summary>
/// <param name="CreateGraph">Whether the gradients are to be differentiated themselves.</param>
internal sealed record BackwardRun(bool CreateGraph)
{
    [ThreadStatic]
    private static int _depth;

    private readonly Dictionary<Tensor, AccumulatedGradient> _wanted = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(OperatorCall, int)> _wantedOutputs = [];
    private HashSet<OperatorCall>? _leads;

    /// <summary>Whether this thread computes gradients now, so that operators are not those of a network.</summary>
    public static bool IsActive => _depth > 0;

    /// <summary>Marks the thread as computing gradients while an action runs.</summary>
    public static void Mark(Action action)
    {
        _depth++;
        try
        {
            action();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Restricts the pass to the gradients of some tensors, which are returned and not left on them.</summary>
    /// <param name="tensors">Leaves or computed tensors.</param>
    /// <param name="calls">The calls of the pass, later ones first.</param>
    public void RestrictTo(IReadOnlyList<Tensor> tensors, IReadOnlyList<OperatorCall> calls)
    {
        foreach (Tensor tensor in tensors)
        {
            _wanted.TryAdd(tensor, default);
            if (tensor.Producer is { } producer)
            {
                _wantedOutputs.Add((producer, tensor.OutputIndex));
            }
        }

        _leads = [];
        for (int i = calls.Count - 1; i >= 0; i--)
        {
            if (calls[i].Targets.Any(Wants))
            {
                _leads.Add(calls[i]);
            }
        }
    }

    /// <summary>Whether the gradient of a target matters to the pass.</summary>
    public bool Wants(GradientTarget target) =>
        _leads is null
        || (target.Leaf is { } leaf && _wanted.ContainsKey(leaf))
        || (
            target.Producer is { } producer
            && (_leads.Contains(producer) || _wantedOutputs.Contains((producer, target.Output)))
        );

    /// <summary>Whether a call is to be visited.</summary>
    public bool Visits(OperatorCall call) => _leads?.Contains(call) ?? true;

    /// <summary>Adds a gradient where it goes.</summary>
    public void Add(GradientTarget target, Tensor gradient, bool shared)
    {
        if (target.Producer is { } producer)
        {
            producer.AddGradient(target.Output, gradient, shared, CreateGraph);
        }
        else if (target.Leaf is { } leaf)
        {
            AddToLeaf(leaf, gradient, shared);
        }
    }

    /// <summary>Adds to the gradient of a leaf.</summary>
    public void AddToLeaf(Tensor leaf, Tensor gradient, bool shared)
    {
        if (_leads is not null)
        {
            AccumulatedGradient sum = _wanted[leaf];
            sum.Add(gradient, shared, CreateGraph);
            _wanted[leaf] = sum;
        }
        else if (leaf.Grad is null)
        {
            leaf.Grad = shared && !CreateGraph ? gradient.Clone() : gradient;
        }
        else if (CreateGraph)
        {
            leaf.Grad += gradient;
        }
        else
        {
            TensorMath.AddInPlace(leaf.Grad, gradient);
        }
    }

    /// <summary>The gradient of a tensor that the pass was restricted to; null where none came.</summary>
    public Tensor? GradientOf(Tensor tensor) => _wanted[tensor].Value;

    /// <summary>Notes the gradients of computed tensors that are wanted, before their call is visited.</summary>
    public void Note(OperatorCall call, IEnumerable<Tensor> wanted)
    {
        foreach (Tensor tensor in wanted)
        {
            if (ReferenceEquals(tensor.Producer, call) && call.GradientOf(tensor.OutputIndex) is { } gradient)
            {
                AccumulatedGradient sum = default;
                sum.Add(gradient, shared: true, CreateGraph);
                _wanted[tensor] = sum;
            }
        }
    }
}
