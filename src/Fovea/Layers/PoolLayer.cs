namespace Fovea;

/// <summary>A layer that pools: no parameters, one operator.</summary>
public abstract class PoolLayer : Module
{
    private Operator? _operator;

    private protected PoolLayer() { }

    /// <summary>The operator; options are checked when it is made.</summary>
    private protected Operator Operator
    {
        get => _operator!;
        init => _operator = value;
    }

    private protected override Operator Described => Operator;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Operator.Apply(x);
}
