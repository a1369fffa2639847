namespace Fovea;

/// <summary>Where the gradient of an input goes: to an output of the call that produced it, or to a leaf.</summary>
/// <param name="Producer">The call; null for a leaf or for nothing.</param>
/// <param name="Output">Position of the call's output.</param>
/// <param name="Leaf">The leaf; null for a computed tensor or for nothing.</param>
internal readonly record struct GradientTarget(OperatorCall? Producer, int Output, Tensor? Leaf)
{
    /// <summary>Whether it goes anywhere.</summary>
    public bool IsAny => Producer is not null || Leaf is not null;

    /// <summary>The target of a tensor's gradient.</summary>
    public static GradientTarget Of(Tensor tensor) =>
        !tensor.RequiresGrad ? default
        : tensor.Producer is { } producer ? new GradientTarget(producer, tensor.OutputIndex, null)
        : new GradientTarget(null, 0, tensor);
}

/// <summary>A gradient that grows as more of it arrives.</summary>
internal struct AccumulatedGradient
{
    private bool _owned;

    /// <summary>What has arrived; null for nothing.</summary>
    public Tensor? Value { get; private set; }

    /// <summary>Adds a part.</summary>
    /// <param name="gradient">The part.</param>
    /// <param name="shared">Whether others use the tensor too, so that it must not be written to.</param>
    /// <param name="record">Whether the sum itself is to be differentiated.</param>
    public void Add(Tensor gradient, bool shared, bool record)
    {
        if (Value is null)
        {
            (Value, _owned) = (gradient, !shared);
        }
        else if (record)
        {
            (Value, _owned) = (Value + gradient, false);
        }
        else if (_owned)
        {
            TensorMath.AddInPlace(Value, gradient);
        }
        else
        {
            (Value, _owned) = (TensorMath.Sum(Value, gradient), true);
        }
    }
}
