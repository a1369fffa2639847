namespace Fovea;

/// <summary>A function without parameters as a module.</summary>
/// <param name="function">The function; build it from tensor operations so that gradients flow.</param>
public sealed class Lambda(Func<Tensor, Tensor> function) : Module
{
    private readonly Func<Tensor, Tensor> _function = function ?? throw new ArgumentNullException(nameof(function));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _function(x);
}
