using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The weights of a convolution where they lie: of output channel o, input channel c of its group, and a tap, at (o /
/// perGroup) * group + (o % perGroup) * output + c * input + taps[tap]. So a convolution from outputs to inputs reads the
/// same memory.</summary>
internal readonly unsafe struct WeightView
{
    private const int MostTaps = 512; // of which 16 channels are turned on the stack

    private readonly float* _weights;
    private readonly long _group;
    private readonly long _output;
    private readonly long _input;
    private readonly int _perGroup;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly int[]? _taps; // null for all, in order
    private readonly double[]? _factors;

    private WeightView(float* weights, ConvolutionGeometry g, int[]? taps, double[]? factors)
    {
        _weights = weights;
        bool isTurned = taps is not null;
        Taps = taps?.Length ?? g.Taps;
        (_taps, _factors) = (taps, factors);
        (_outputs, _perGroup, _inputs) = isTurned
            ? (g.InChannels, g.InPerGroup, g.OutPerGroup)
            : (g.OutChannels, g.OutPerGroup, g.InPerGroup);
        _group = (long)g.OutPerGroup * g.InPerGroup * g.Taps;
        long row = (long)g.InPerGroup * g.Taps;
        (_output, _input) = isTurned ? ((long)g.Taps, row) : (row, g.Taps);
    }

    /// <summary>Weights [Cout, Cin / groups, kernel...] of a convolution.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="g">The sizes.</param>
    /// <param name="factors">What the weights of each output channel are multiplied by, in double, rounded once; null for
    /// 1.</param>
    public static WeightView Of(float* weights, ConvolutionGeometry g, double[]? factors = null) =>
        new(weights, g, null, factors);

    /// <summary>The weights of a convolution as one from its outputs to its inputs reads them.</summary>
    /// <param name="weights">The weights [Cout, Cin / groups, kernel...].</param>
    /// <param name="g">The sizes of the convolution.</param>
    /// <param name="taps">Which taps, in the order in which they are read.</param>
    public static WeightView Turned(float* weights, ConvolutionGeometry g, int[] taps) => new(weights, g, taps, null);

    /// <summary>Taps of a filter.</summary>
    public int Taps { get; }

    /// <summary>Whether <see cref="Lanes"/> gives these weights: one group, and not too many taps.</summary>
    public bool HasLanes => _perGroup == _outputs && Taps <= MostTaps && (_taps is null || _output <= MostTaps);

    /// <summary>One weight; 0 for a channel that is not there.</summary>
    /// <param name="output">The output channel.</param>
    /// <param name="input">The input channel, counted within its group.</param>
    /// <param name="tap">Which of the taps.</param>
    public float At(int output, int input, int tap)
    {
        if (output >= _outputs || (uint)input >= (uint)_inputs)
        {
            return 0f;
        }

        float weight = _weights[
            (output / _perGroup * _group)
                + (output % _perGroup * _output)
                + (input * _input)
                + (_taps is null ? tap : _taps[tap])
        ];
        return _factors is null ? weight : (float)(weight * _factors[output]);
    }

    /// <summary>The weights of 16 output channels and some input channels, as [input][tap][16], zeros for output channels that
    /// are not there.</summary>
    /// <param name="output">The first output channel.</param>
    /// <param name="input">The first input channel.</param>
    /// <param name="inputs">How many input channels, all of them there.</param>
    /// <param name="to">Of inputs x taps x 16.</param>
    public void Lanes(int output, int input, int inputs, float* to)
    {
        int there = Math.Min(TileCall.Block, _outputs - output);
        if (there < TileCall.Block)
        {
            new Span<float>(to, inputs * Taps * TileCall.Block).Clear();
        }

        float* from = _weights + (output * _output) + (input * _input);
        if (_taps is null)
        {
            BlockTranspose.Copy(from, _output, there, inputs * Taps, to, TileCall.Block);
        }
        else
        {
            Turn(_taps, from, there, inputs, to);
        }

        if (_factors is not null)
        {
            for (int i = 0; i < inputs * Taps; i++)
            {
                for (int lane = 0; lane < there; lane++)
                {
                    to[(i * TileCall.Block) + lane] = (float)(
                        to[(i * TileCall.Block) + lane] * _factors[output + lane]
                    );
                }
            }
        }
    }

    /// <summary>The filters of the lanes follow each other, all taps of each together.</summary>
    private void Turn(int[] taps, float* from, int there, int inputs, float* to)
    {
        int all = (int)_output;
        float* turned = stackalloc float[all * TileCall.Block];
        new Span<float>(turned, all * TileCall.Block).Clear();
        for (int i = 0; i < inputs; i++, from += _input)
        {
            BlockTranspose.Copy(from, all, there, all, turned, TileCall.Block);
            foreach (int tap in taps)
            {
                Vector512.Load(turned + (tap * TileCall.Block)).Store(to);
                to += TileCall.Block;
            }
        }
    }
}
