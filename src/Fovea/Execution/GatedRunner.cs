using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution of one tap whose input is multiplied by a gate, as in squeeze-and-excitation: the gate goes
/// to the weights, so that the input is read once.</summary>
internal sealed unsafe class GatedRunner(
    ConvolutionKernel kernel,
    int batch,
    NetworkBuffer input,
    NetworkBuffer gate,
    NetworkBuffer? add,
    NetworkBuffer output,
    FusedStep product,
    FusedStep step
) : Runner
{
    private readonly int _gateFloats = gate.Layout.Blocks * TileCall.Block;

    /// <inheritdoc/>
    public override long MultiplyAdds => kernel.MultiplyAdds * batch;

    /// <inheritdoc/>
    public override long WorkspaceFloats => kernel.GateFloats + _gateFloats;

    /// <inheritdoc/>
    public override float* Weights => kernel.Weights;

    /// <inheritdoc/>
    public override string ToString() => $"{product.Node.Name} + {step.Node.Name}: gated weights, {kernel}";

    /// <inheritdoc/>
    public override void Run(float* arena, int job, int jobs)
    {
        output.ZeroHalos(arena, batch, job, jobs);
        float* factors = WorkspaceOf(arena, job),
            weights = factors + _gateFloats;
        for (int item = 0; item < batch; item++)
        {
            gate.ReadPixel(arena, item, factors);
            ConvolutionCall call = new()
            {
                X = arena + input.Offset + (item * input.ItemStride),
                Add = add is null ? null : arena + add.Offset + (item * add.ItemStride),
                Y = arena + output.Offset + (item * output.ItemStride),
                Items = 1,
                Low = step.Low,
                High = step.High,
                Map = step.Map,
                Next = item + 1 < batch ? null : NextWeights,
                Part = job,
                Parts = jobs,
            };
            kernel.RunGated(call, factors, weights);
        }
    }
}
