using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

internal sealed unsafe partial class BlockedConvolution
{
    private const int TurnedFloats = 4096; // of weights that are turned before they go to their places

    /// <summary>Packs [Cout, Cin / groups, kernel...].</summary>
    /// <inheritdoc cref="Pack(WeightView, float*)"/>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    /// <param name="factors">What the weights of each output channel are multiplied by, in double, rounded once; null
    /// for 1.</param>
    public void Pack(float* weights, float* packed, double[]? factors = null) =>
        Pack(WeightView.Of(weights, Geometry, factors), packed);

    /// <summary>Packs weights as [chunk][tap][channel][output channels of the chunk], missing channels as zeros.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    public void Pack(WeightView weights, float* packed) =>
        WorkerPool.For(
            Destination.Blocks,
            block =>
            {
                Chunk chunk = Array.Find(_chunks, c => block < c.FirstBlock + c.Blocks)!;
                int lanes = chunk.Blocks * TileCall.Block;
                float* to = packed + chunk.Weights + ((block - chunk.FirstBlock) * TileCall.Block);
                if (weights.HasLanes)
                {
                    PackLanes(weights, block * TileCall.Block, to, lanes);
                }
                else
                {
                    PackOneByOne(weights, chunk, block * TileCall.Block, to);
                }
            }
        );

    /// <summary>The weights of 16 output channels, those of each input channel and tap <paramref name="lanes"/> behind those
    /// before.</summary>
    private void PackLanes(WeightView weights, int output, float* to, int lanes)
    {
        int taps = weights.Taps,
            together = Math.Max(1, TurnedFloats / (taps * TileCall.Block));
        float* turned = stackalloc float[Math.Max(TurnedFloats, taps * TileCall.Block)];
        for (int first = 0; first < Geometry.InChannels; first += together)
        {
            int count = Math.Min(together, Geometry.InChannels - first);
            weights.Lanes(output, first, count, turned);
            for (int i = 0; i < count * taps; i++)
            {
                (int c, int tap) = (first + (i / taps), i % taps);
                long place = _byRow
                    ? ((long)first * taps) + i
                    : ((((long)c / _depth * taps) + tap) * _depth) + (c % _depth);
                Vector512.Load(turned + (i * TileCall.Block)).Store(to + (place * lanes));
            }
        }
    }

    /// <summary>As <see cref="PackLanes"/>, of groups too: an output channel has weights of 0 for channels of
    /// others.</summary>
    private void PackOneByOne(WeightView weights, Chunk chunk, int firstOutput, float* to)
    {
        ConvolutionGeometry g = Geometry;
        int firstChannel = chunk.FirstSourceBlock * TileCall.Block,
            lanes = chunk.Blocks * TileCall.Block;
        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            int output = firstOutput + lane,
                group = output / g.OutPerGroup;
            float* at = to + lane;
            for (int i = 0; i < chunk.Taps * _depth; i++, at += lanes)
            {
                (int tap, int d) = Math.DivRem(i, _depth);
                (int channel, int position) = _byRow
                    ? Math.DivRem(i, g.Taps)
                    : (firstChannel + (tap / g.Taps * _depth) + d, tap % g.Taps);
                *at = weights.At(output, channel - (group * g.InPerGroup), position);
            }
        }
    }

    /// <summary>The packed weights of a convolution of one tap and one group, those of each input channel times a
    /// factor: as if the input were multiplied by it.</summary>
    /// <param name="packed">From <see cref="Pack(WeightView, float*)"/>.</param>
    /// <param name="factors">One an input channel.</param>
    /// <param name="scaled">Of <see cref="PackedSize"/>.</param>
    public void ScaleInputs(float* packed, float* factors, float* scaled)
    {
        foreach (Chunk chunk in _chunks)
        {
            int lanes = chunk.Blocks * TileCall.Block;
            for (int channel = 0; channel < chunk.Taps * _depth; channel++, packed += lanes, scaled += lanes)
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
