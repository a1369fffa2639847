using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution and the depthwise one that alone reads its output: parts of the whole batch.</summary>
internal sealed unsafe class PairStep : Step
{
    private readonly FusedStep _first;
    private readonly FusedStep _second;
    private readonly ConvolutionKernel _firstKernel;
    private readonly ConvolutionKernel _secondKernel;
    private readonly DepthwisePair _pair;
    private readonly NetworkBuffer _input;
    private readonly NetworkBuffer _output;
    private readonly NetworkBuffer? _sums;
    private readonly int _batch;

    /// <summary>Makes the step of a convolution and the depthwise one behind it.</summary>
    public PairStep(StepBinding binding)
    {
        (_first, _second, _batch) = (binding.Before!, binding.Step, binding.Batch);
        (_firstKernel, _secondKernel) = (binding.KernelOf(_first), binding.KernelOf(_second));
        (_input, _output) = (binding.BufferOf(_first.Inputs[0]), binding.Output);
        _sums = binding.RowSumsOf(_second.Output);
        _pair = _firstKernel.Before(_secondKernel);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => (_firstKernel.MultiplyAdds + _secondKernel.MultiplyAdds) * _batch;

    /// <inheritdoc/>
    public override long WorkspaceBytes => _pair.WorkspaceSize * sizeof(float);

    /// <inheritdoc/>
    public override float* Weights => _firstKernel.Weights;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_first.Node.Name} + {_second.Node.Name}: {_pair}{(_sums is null ? "" : ", summing rows")}";

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        _output.ZeroHalos(arena, _batch, job, jobs);
        ConvolutionCall first = new()
        {
            X = _input.At(arena),
            XItem = _input.ItemStride,
            Low = _first.Low,
            High = _first.High,
            Map = _first.Map,
        };
        ConvolutionCall second = new()
        {
            Y = _output.At(arena),
            YItem = _output.ItemStride,
            Items = _batch,
            Low = _second.Low,
            High = _second.High,
            Map = _second.Map,
            Next = NextWeights,
            Part = job,
            Parts = jobs,
        };
        RowSums sums = _sums is null ? default : new(_sums.At(arena), _sums.ItemStride, _sums.Layout.Plane);
        _pair.Run(_firstKernel.WithWeights(first), _secondKernel.WithWeights(second), WorkspaceOf(arena, job), sums);
        GC.KeepAlive(this);
    }
}
