using Fovea.Graphs;

namespace Fovea.Peers;

/// <summary>Padding of a node of two spatial axes as numbers.</summary>
internal static class Pads
{
    /// <summary>What stands before and behind height and width.</summary>
    /// <param name="padding">The padding.</param>
    /// <param name="node">A convolution or a sliding pool.</param>
    public static (long Before, long After)[] Of(Padding padding, Node node)
    {
        Shape x = node.Shapes.Inputs[0];
        (PerAxis stride, PerAxis dilation) = node.Operator.Attributes switch
        {
            ConvolutionAttributes { Rank: 2, Mode: PaddingMode.Zeros } conv => (conv.Stride, conv.Dilation),
            SlidingPoolAttributes { Rank: 2, Mode: PaddingMode.Zeros } pool => (pool.Stride, pool.Dilation),
            _ => throw new NotSupportedException(
                $"{node.Name}: bench/peers knows windows over two axes with zeros around, not this {node.Operator.Name}."
            ),
        };
        int Kernel(int axis) =>
            node.Operator.Attributes is SlidingPoolAttributes pool
                ? pool.Kernel.At(axis, 2)
                : node.Shapes.Inputs[1][2 + axis];
        return
        [
            .. Enumerable
                .Range(0, 2)
                .Select(a => padding.Resolve(a, 2, x[2 + a], Kernel(a), stride.At(a, 2), dilation.At(a, 2))),
        ];
    }
}
