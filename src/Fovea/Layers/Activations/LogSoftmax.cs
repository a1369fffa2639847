namespace Fovea;

/// <summary>Activation: the logarithm of softmax along an axis, without the rounding of taking it afterwards. Any shape
/// in, the same out.</summary>
/// <remarks>Losses such as <see cref="CrossEntropy"/> take logits and apply it themselves: a network trained with them
/// ends without this layer.</remarks>
/// <param name="axis">The axis, negative from the end; 1 is the channels.</param>
public sealed class LogSoftmax(int axis = -1) : Module
{
    /// <summary>The axis.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => new SoftmaxOperator(Axis, logarithm: true) { Owner = this }.Apply(x);
}
