namespace Fovea;

/// <summary>A block with a skip connection: y = activation(body(x) + shortcut(x)).</summary>
/// <remarks>He, Zhang, Ren, Sun: Deep residual learning for image recognition, CVPR 2016.</remarks>
/// <param name="body">The block's function.</param>
/// <param name="shortcut">What the skip does; left out: nothing, so the body must keep the shape.</param>
/// <param name="activation">Applied to the sum; left out: nothing.</param>
public sealed class Residual(Module body, Module? shortcut = null, Module? activation = null) : Module
{
    private readonly Module _body = body ?? throw new ArgumentNullException(nameof(body));
    private readonly Module? _shortcut = shortcut;
    private readonly Module? _activation = activation;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor main = _body.Forward(x),
            skip = _shortcut?.Forward(x) ?? x;
        if (main.Shape != skip.Shape)
        {
            string subject = Path.Length > 0 ? $"Residual '{Path}'" : "Residual";
            string hint = _shortcut is null
                ? "Pass a shortcut that makes the same change, e.g. a 1x1 convolution with the body's stride."
                : "Give body and shortcut the same stride and channels.";
            throw new ShapeException(
                $"{subject}: body and shortcut must give the same shape, got {main.Shape} and {skip.Shape}. x {x.Shape}. {hint}"
            );
        }

        Tensor sum = new Add { Owner = this }.Apply(main, skip);
        return _activation?.Forward(sum) ?? sum;
    }
}
