using Fovea.Kernels;

namespace Fovea;

/// <summary>A matrix product: the items of the batch stand for pixels.</summary>
internal sealed unsafe class LinearStep(StepBinding binding) : Step
{
    private readonly FusedStep _does = binding.Step;
    private readonly ConvolutionKernel _kernel = binding.MatrixKernel();
    private readonly NetworkBuffer _input = binding.Input;
    private readonly NetworkBuffer _output = binding.Output;

    /// <inheritdoc/>
    public override long MultiplyAdds => _kernel.MultiplyAdds;

    /// <inheritdoc/>
    public override float* Weights => _kernel.Weights;

    /// <inheritdoc/>
    public override string ToString() => $"{_does.Node.Name}: {_kernel}";

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        ConvolutionCall call = new()
        {
            X = _input.At(arena),
            Y = _output.At(arena),
            Items = 1,
            Low = _does.Low,
            High = _does.High,
            Map = _does.Map,
            Next = NextWeights,
            Part = job,
            Parts = jobs,
        };
        _kernel.Run(call, null);
    }
}
