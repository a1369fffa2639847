using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

internal sealed unsafe partial class BlockedConvolution
{
    /// <summary>Packs [Cout, Cin / groups, kernel...] as [chunk][tap][channel][output channels of the chunk], missing
    /// channels as zeros.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    /// <param name="factors">What the weights of each output channel are multiplied by, in double, rounded once; null
    /// for 1.</param>
    public void Pack(float* weights, float* packed, double[]? factors = null) =>
        WorkerPool.For(
            _chunks.Length,
            chunk =>
            {
                (int firstBlock, int blocks) = (_chunks[chunk].FirstBlock, _chunks[chunk].Blocks);
                int lanes = blocks * TileCall.Block;
                float* start = packed + ((long)firstBlock * TileCall.Block * _taps * _depth);
                for (int lane = 0; lane < lanes; lane++)
                {
                    int output = (firstBlock * TileCall.Block) + lane;
                    PackLane(
                        weights,
                        factors is null || output >= Geometry.OutChannels ? 1.0 : factors[output],
                        start + lane,
                        lanes,
                        firstBlock,
                        output
                    );
                }
            }
        );

    /// <summary>The weights of one output channel, to every <paramref name="lanes"/>th place.</summary>
    private void PackLane(float* weights, double factor, float* to, int lanes, int firstBlock, int output)
    {
        ConvolutionGeometry g = Geometry;
        int firstChannel =
            g.Groups == 1 ? 0
            : g.InPerGroup < TileCall.Block ? firstBlock * TileCall.Block
            : firstBlock * TileCall.Block / g.OutPerGroup * g.InPerGroup;
        int group = output / g.OutPerGroup;
        float* own = weights + ((long)output * g.InPerGroup * g.Taps);
        for (int i = 0; _byRow && i < _taps * _depth; i++, to += lanes)
        {
            *to = output < g.OutChannels ? (float)(own[i] * factor) : 0f; // channel, row, column: as they come
        }

        for (int tap = 0; !_byRow && tap < _taps; tap++)
        {
            int channel = firstChannel + (tap / g.Taps * _depth),
                position = tap % g.Taps;
            for (int d = 0; d < _depth; d++, channel++, to += lanes)
            {
                int inGroup = channel - (group * g.InPerGroup);
                *to =
                    output < g.OutChannels && (uint)inGroup < (uint)g.InPerGroup
                        ? (float)(own[((long)inGroup * g.Taps) + position] * factor)
                        : 0f;
            }
        }
    }

    /// <summary>The packed weights of a convolution of one tap and one group, those of each input channel times a
    /// factor: as if the input were multiplied by it.</summary>
    /// <param name="packed">From <see cref="Pack"/>.</param>
    /// <param name="factors">One an input channel.</param>
    /// <param name="scaled">Of <see cref="PackedSize"/>.</param>
    public void ScaleInputs(float* packed, float* factors, float* scaled)
    {
        foreach (Chunk chunk in _chunks)
        {
            int lanes = chunk.Blocks * TileCall.Block;
            for (int channel = 0; channel < _taps * _depth; channel++, packed += lanes, scaled += lanes)
            {
                Vector512<float> factor = Vector512.Create(factors[channel]);
                for (int lane = 0; lane < lanes; lane += TileCall.Block)
                {
                    (Vector512.Load(packed + lane) * factor).Store(scaled + lane);
                }
            }
        }
    }
}
