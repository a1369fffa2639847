using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution and the depthwise one that alone reads its output: parts of the whole batch.</summary>
internal sealed unsafe class PairRunner : Runner
{
    private readonly ConvolutionKernel _firstKernel;
    private readonly ConvolutionKernel _secondKernel;
    private readonly DepthwisePair _pair;
    private readonly FusedStep _first;
    private readonly FusedStep _second;
    private readonly NetworkBuffer _input;
    private readonly NetworkBuffer _output;
    private readonly NetworkBuffer? _sums;
    private readonly int _batch;

    /// <summary>Two steps done together.</summary>
    /// <param name="first">The convolution, with its kernel.</param>
    /// <param name="second">The depthwise convolution, with its kernel.</param>
    /// <param name="batch">Items.</param>
    /// <param name="input">What the first reads.</param>
    /// <param name="output">What the second writes.</param>
    /// <param name="sums">Where the sums of its rows go; null for none.</param>
    public PairRunner(
        (FusedStep Step, ConvolutionKernel Kernel) first,
        (FusedStep Step, ConvolutionKernel Kernel) second,
        int batch,
        NetworkBuffer input,
        NetworkBuffer output,
        NetworkBuffer? sums
    )
    {
        ((_first, _firstKernel), (_second, _secondKernel)) = (first, second);
        (_batch, _input, _output, _sums) = (batch, input, output, sums);
        _pair = _firstKernel.Before(_secondKernel);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => (_firstKernel.MultiplyAdds + _secondKernel.MultiplyAdds) * _batch;

    /// <inheritdoc/>
    public override long WorkspaceFloats => _pair.WorkspaceSize;

    /// <inheritdoc/>
    public override float* Weights => _firstKernel.Weights;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_first.Node.Name} + {_second.Node.Name}: {_pair}{(_sums is null ? "" : ", summing rows")}";

    /// <inheritdoc/>
    public override void Run(float* arena, int job, int jobs)
    {
        _output.ZeroHalos(arena, _batch, job, jobs);
        ConvolutionCall first = new()
        {
            X = arena + _input.Offset,
            XItem = _input.ItemStride,
            Low = _first.Low,
            High = _first.High,
            Map = _first.Map,
        };
        ConvolutionCall second = new()
        {
            Y = arena + _output.Offset,
            YItem = _output.ItemStride,
            Items = _batch,
            Low = _second.Low,
            High = _second.High,
            Map = _second.Map,
            Next = NextWeights,
            Part = job,
            Parts = jobs,
        };
        RowSums sums = _sums is null ? default : new(arena + _sums.Offset, _sums.ItemStride, _sums.Layout.Plane);
        _pair.Run(_firstKernel.WithWeights(first), _secondKernel.WithWeights(second), WorkspaceOf(arena, job), sums);
        GC.KeepAlive(this);
    }
}
