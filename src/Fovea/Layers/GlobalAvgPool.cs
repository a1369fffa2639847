namespace Fovea;

/// <summary>Global pooling: the mean of each channel of each image, whatever the number of spatial axes. [N, C,
/// spatial...] -> [N, C, 1, ...], or [N, C] flattened.</summary>
public sealed class GlobalAvgPool : PoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="flatten">Whether the output is [N, C]; otherwise the spatial axes stay with size 1.</param>
    public GlobalAvgPool(bool flatten = false) =>
        Operator = new AvgPool("GlobalAvgPool", new GlobalPoolWindows(flatten)) { Owner = this };
}
