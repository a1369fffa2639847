namespace Fovea.Kernels;

internal sealed unsafe partial class WinogradConvolution
{
    /// <summary>Transforms the weights [Cout, Cin, 3, 3] to [point][chunk][channel][output channels of the
    /// chunk].</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    /// <param name="factors">What the weights of each output channel are multiplied by, in double, rounded once; null
    /// for 1.</param>
    public void Pack(float* weights, float* packed, double[]? factors = null)
    {
        long point = PackedSize / _points;
        WorkerPool.For(
            (Destination.Blocks + _chunkBlocks - 1) / _chunkBlocks,
            chunk =>
            {
                ConvolutionGeometry g = Geometry;
                int lanes = ChunkWidth(chunk) * TileCall.Block,
                    first = chunk * _chunkBlocks * TileCall.Block,
                    rows = Source.Blocks * TileCall.Block;
                float* start = packed + ((long)first * rows);
                for (int i = 0; i < _points; i++)
                {
                    new Span<float>(start + (i * point), rows * lanes).Clear();
                }

                float* filter = stackalloc float[9];
                for (int lane = 0; lane < Math.Min(lanes, g.OutChannels - first); lane++)
                {
                    double factor = factors?[first + lane] ?? 1.0;
                    for (int c = 0; c < g.InChannels; c++)
                    {
                        float* own = weights + (((((long)first + lane) * g.InChannels) + c) * 9);
                        for (int i = 0; i < 9; i++)
                        {
                            filter[i] = (float)(own[i] * factor);
                        }

                        WinogradFilter.Transform(Side, filter, start + ((long)c * lanes) + lane, (nint)point);
                    }
                }
            }
        );
    }
}
