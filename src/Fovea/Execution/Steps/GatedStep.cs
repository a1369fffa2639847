using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution of one tap whose input is multiplied by a gate, as in squeeze-and-excitation: the gate goes
/// to the weights, so that the input is read once.</summary>
internal sealed unsafe class GatedStep : Step
{
    private readonly FusedStep _product;
    private readonly FusedStep _does;
    private readonly ConvolutionKernel _kernel;
    private readonly NetworkBuffer _input;
    private readonly NetworkBuffer _gate;
    private readonly NetworkBuffer? _add;
    private readonly NetworkBuffer _output;
    private readonly int _batch;
    private readonly int _gateFloats;

    /// <summary>Makes the step of a product and the convolution behind it.</summary>
    public GatedStep(StepBinding binding)
    {
        (_product, _does, _batch) = (binding.Before!, binding.Step, binding.Batch);
        _kernel = binding.KernelOf(_does);
        _input = binding.BufferOf(_product.Inputs[0]);
        _gate = binding.BufferOf(_product.Inputs[1]);
        (_add, _output) = (binding.Second, binding.Output);
        _gateFloats = _gate.Layout.Blocks * TileCall.Block;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => _kernel.MultiplyAdds * _batch;

    /// <inheritdoc/>
    public override long WorkspaceBytes => (_kernel.GateFloats + _gateFloats) * sizeof(float);

    /// <inheritdoc/>
    public override float* Weights => _kernel.Weights;

    /// <inheritdoc/>
    public override string ToString() => $"{_product.Node.Name} + {_does.Node.Name}: gated weights, {_kernel}";

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        _output.ZeroHalos(arena, _batch, job, jobs);
        float* factors = WorkspaceOf(arena, job),
            weights = factors + _gateFloats;
        for (int item = 0; item < _batch; item++)
        {
            _gate.ReadPixel(arena, item, factors);
            ConvolutionCall call = new()
            {
                X = _input.At(arena, item),
                Add = _add is null ? null : _add.At(arena, item),
                Y = _output.At(arena, item),
                Items = 1,
                Low = _does.Low,
                High = _does.High,
                Map = _does.Map,
                Next = item + 1 < _batch ? null : NextWeights,
                Part = job,
                Parts = jobs,
            };
            _kernel.RunGated(call, factors, weights);
        }
    }
}
