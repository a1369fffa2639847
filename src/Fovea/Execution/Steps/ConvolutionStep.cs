using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution: parts of the whole batch.</summary>
internal sealed unsafe class ConvolutionStep(StepBinding binding) : Step
{
    private readonly FusedStep _does = binding.Step;
    private readonly ConvolutionKernel _kernel = binding.KernelOf(binding.Step);
    private readonly NetworkBuffer _input = binding.Input;
    private readonly NetworkBuffer? _add = binding.Second;
    private readonly NetworkBuffer _output = binding.Output;
    private readonly int _batch = binding.Batch;

    /// <inheritdoc/>
    public override long MultiplyAdds => _kernel.MultiplyAdds * _batch;

    /// <inheritdoc/>
    public override long WorkspaceBytes => _kernel.WorkspaceFloats * sizeof(float);

    /// <inheritdoc/>
    public override float* Weights => _kernel.Weights;

    /// <inheritdoc/>
    public override string ToString() => $"{_does.Node.Name}: {_kernel}";

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        _output.ZeroHalos(arena, _batch, job, jobs);
        ConvolutionCall call = new()
        {
            X = _input.At(arena),
            XItem = _input.ItemStride,
            Add = _add is null ? null : _add.At(arena),
            AddItem = _add?.ItemStride ?? 0,
            Y = _output.At(arena),
            YItem = _output.ItemStride,
            Items = _batch,
            Low = _does.Low,
            High = _does.High,
            Map = _does.Map,
            Next = NextWeights,
            Part = job,
            Parts = jobs,
        };
        _kernel.Run(call, WorkspaceOf(arena, job));
    }
}
