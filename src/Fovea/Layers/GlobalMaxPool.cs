namespace Fovea;

/// <summary>Global pooling: the largest value of each channel of each image, whatever the number of spatial axes. [N,
/// C, spatial...] -> [N, C, 1, ...], or [N, C] flattened.</summary>
public sealed class GlobalMaxPool : PoolLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="flatten">Whether the output is [N, C]; otherwise the spatial axes stay with size 1.</param>
    public GlobalMaxPool(bool flatten = false) =>
        Operator = new MaxPool("GlobalMaxPool", new GlobalPoolWindows(flatten)) { Owner = this };
}
