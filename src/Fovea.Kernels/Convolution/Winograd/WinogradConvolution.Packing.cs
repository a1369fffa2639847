namespace Fovea.Kernels;

internal sealed unsafe partial class WinogradConvolution
{
    private const int ChannelsTogether = 32; // whose filters are turned before they are transformed

    /// <summary>Transforms the weights [Cout, Cin, 3, 3].</summary>
    /// <inheritdoc cref="Pack(WeightView, float*)"/>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    /// <param name="factors">What the weights of each output channel are multiplied by, in double, rounded once; null
    /// for 1.</param>
    public void Pack(float* weights, float* packed, double[]? factors = null) =>
        Pack(WeightView.Of(weights, Geometry, factors), packed);

    /// <summary>Transforms the weights to [point][chunk][channel][output channels of the chunk].</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    public void Pack(WeightView weights, float* packed)
    {
        nint point = (nint)(PackedSize / _points);
        int groups = (Geometry.InChannels + ChannelsTogether - 1) / ChannelsTogether;
        WorkerPool.For(
            Destination.Blocks * groups,
            part =>
            {
                (int block, int group) = Math.DivRem(part, groups);
                int chunk = block / _chunkBlocks,
                    lanes = ChunkWidth(chunk) * TileCall.Block,
                    rows = Source.Blocks * TileCall.Block,
                    first = group * ChannelsTogether,
                    end = Math.Min(Geometry.InChannels, first + ChannelsTogether);
                float* to =
                    packed
                    + ((long)chunk * _chunkBlocks * TileCall.Block * rows)
                    + (block % _chunkBlocks * TileCall.Block);
                float* filters = stackalloc float[ChannelsTogether * 9 * TileCall.Block];
                weights.Lanes(block * TileCall.Block, first, end - first, filters);
                for (int c = first; c < end; c++, filters += 9 * TileCall.Block)
                {
                    WinogradFilter.Transform(Side, filters, to + ((long)c * lanes), point);
                }

                for (int c = end; c < rows && end == Geometry.InChannels; c++) // channels that are not there
                {
                    for (int i = 0; i < _points; i++)
                    {
                        new Span<float>(to + (i * point) + ((long)c * lanes), TileCall.Block).Clear();
                    }
                }
            }
        );
    }
}
