using Fovea.Kernels;

namespace Fovea;

/// <summary>Packs the weights of steps, with what was folded into them.</summary>
internal static unsafe class StepWeights
{
    /// <summary>The kernel of a convolution.</summary>
    /// <param name="step">The step.</param>
    /// <param name="source">Layout of the input.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="choice">The algorithm.</param>
    /// <param name="cpu">The processor.</param>
    public static ConvolutionKernel Pack(
        FusedStep step,
        BlockedLayout source,
        BlockedLayout destination,
        AlgorithmChoice choice,
        CpuProfile cpu
    ) =>
        Packed(
            step,
            weights =>
                ConvolutionKernel.For(((ConvolutionForm)step.Form!).Geometry, weights, source, destination, choice, cpu)
        );

    /// <summary>The kernel of a matrix product.</summary>
    public static ConvolutionKernel PackLinear(
        FusedStep step,
        int inFeatures,
        int outFeatures,
        int items,
        CpuProfile cpu
    ) => Packed(step, weights => ConvolutionKernel.ForLinear(weights, inFeatures, outFeatures, items, cpu));

    private static ConvolutionKernel Packed(FusedStep step, Func<FoldedWeights, ConvolutionKernel> pack)
    {
        Tensor own = step.Node.Inputs[1].Tensor!;
        Tensor weights = own.DType == DType.Float32 ? own.View(own.Shape) : own.To(DType.Float32); // a view keeps the memory, though another network gives it up
        float[]? bias = step.Node.Inputs.Count > 2 ? step.Node.Inputs[2].Tensor!.ToArray<float>() : null;
        ConvolutionKernel kernel = pack(new FoldedWeights(weights.Pointer<float>(), bias, step.Scale, step.Shift));
        GC.KeepAlive(weights);
        return kernel;
    }
}
