namespace Fovea;

/// <summary>Merges neighbouring axes into one: by default [N, C, H, W] becomes [N, C H W].</summary>
/// <param name="startAxis">First axis to merge, negative from the end.</param>
/// <param name="endAxis">Last axis to merge, negative from the end.</param>
public sealed class Flatten(int startAxis = 1, int endAxis = -1) : Module
{
    /// <summary>First axis to merge.</summary>
    public int StartAxis { get; } = startAxis;

    /// <summary>Last axis to merge.</summary>
    public int EndAxis { get; } = endAxis;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Reshape.ForFlatten(StartAxis, EndAxis, this).Apply(x);
    }
}
