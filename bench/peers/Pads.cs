using Fovea.Graphs;

namespace Fovea.Peers;

/// <summary>Padding of a node of one or two spatial axes as numbers.</summary>
internal static class Pads
{
    /// <summary>What stands before and behind each axis.</summary>
    /// <param name="padding">The padding.</param>
    /// <param name="node">A convolution or a sliding pool.</param>
    public static (long Before, long After)[] Of(Padding padding, Node node)
    {
        Shape x = node.Shapes.Inputs[0];
        (PerAxis stride, PerAxis dilation) = node.Operator.Attributes switch
        {
            ConvolutionAttributes { Rank: 1 or 2, Mode: PaddingMode.Zeros } conv => (conv.Stride, conv.Dilation),
            SlidingPoolAttributes { Rank: 1 or 2, Mode: PaddingMode.Zeros } pool => (pool.Stride, pool.Dilation),
            _ => throw new NotSupportedException(
                $"{node.Name}: bench/peers knows windows over one or two axes with zeros around, not this {node.Operator.Name}."
            ),
        };
        int rank = x.Rank - 2;
        int Kernel(int axis) =>
            node.Operator.Attributes is SlidingPoolAttributes pool
                ? pool.Kernel.At(axis, rank)
                : node.Shapes.Inputs[1][2 + axis];
        return
        [
            .. Enumerable
                .Range(0, rank)
                .Select(a => padding.Resolve(a, rank, x[2 + a], Kernel(a), stride.At(a, rank), dilation.At(a, rank))),
        ];
    }
}
