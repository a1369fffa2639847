namespace Fovea;

/// <summary>Branches side by side: each gets the input, their outputs are put behind one another along an axis. x [N,
/// C, ...], y [N, sum of the branches' channels, ...].</summary>
/// <remarks>Branches must agree in all other sizes; an <see cref="Identity"/> branch keeps the input, as DenseNet does.
/// Paths are 0, 1, ... by position.</remarks>
public sealed class Concat : Module
{
    private readonly Module[] _branches;

    /// <summary>Creates the layer.</summary>
    /// <param name="branches">One or more modules.</param>
    /// <exception cref="ArgumentException">There is no branch.</exception>
    public Concat(params Module[] branches)
    {
        ArgumentNullException.ThrowIfNull(branches);
        _branches =
            branches.Length > 0
                ? [.. branches]
                : throw new ArgumentException("Concat: at least one branch is needed, got none.", nameof(branches));
    }

    /// <summary>The axis along which outputs are joined; 1, the channels, unless set.</summary>
    public int Axis { get; init; } = 1;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Tensor[] outputs = Array.ConvertAll(_branches, branch => branch.Forward(x));
        return new Concatenate(Axis) { Owner = this }.Apply(outputs);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _branches.Select((branch, i) => ($"{i}", (object)branch));
}
