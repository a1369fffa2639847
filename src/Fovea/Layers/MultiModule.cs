namespace Fovea;

/// <summary>A network of several inputs or outputs: derive from it and override <see cref="ForwardAll"/>.</summary>
public abstract class MultiModule : Module
{
    /// <summary>Computes the outputs from the inputs.</summary>
    /// <param name="inputs">The inputs, in order.</param>
    /// <returns>The outputs, one or more.</returns>
    public abstract override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs);

    /// <summary>The only output for the only input.</summary>
    /// <param name="x">The input.</param>
    /// <exception cref="ShapeException">The network takes another number of inputs, or gives several
    /// outputs.</exception>
    public sealed override Tensor Forward(Tensor x)
    {
        IReadOnlyList<Tensor> outputs = ForwardAll(x);
        return outputs is [var only]
            ? only
            : throw new ShapeException(
                $"{GetType().Name}: Forward gives one tensor, the network gives {outputs.Count}. Call ForwardAll."
            );
    }
}
