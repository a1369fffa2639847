using Fovea.Kernels;

namespace Fovea;

/// <summary>The kernels of a convolution on tensors, by element type; a transposed convolution uses the same ones in other
/// roles.</summary>
internal static unsafe class ConvolutionKernelCalls
{
    /// <summary>y of shape <paramref name="shape"/>, from x, the weight and a bias, which may be left out.</summary>
    public static Tensor Forward(ConvolutionPlan plan, Tensor x, Tensor weight, Tensor? bias, Shape shape)
    {
        Tensor y = Tensor.Uninitialized(shape, x.DType);
        if (x.DType == DType.Float64)
        {
            ReferenceConvolution<double>.Forward(
                plan.Geometry,
                x.Pointer<double>(),
                weight.Pointer<double>(),
                bias is null ? null : bias.Pointer<double>(),
                y.Pointer<double>()
            );
        }
        else
        {
            ConvolutionKernels.Forward(
                plan,
                x.Pointer<float>(),
                weight.Pointer<float>(),
                bias is null ? null : bias.Pointer<float>(),
                y.Pointer<float>()
            );
        }

        return y;
    }

    /// <summary>Gradient of the input (of shape <paramref name="shape"/>), plus a bias a channel where one is
    /// given.</summary>
    public static Tensor Data(ConvolutionPlan plan, Tensor dy, Tensor weight, Tensor? bias, Shape shape)
    {
        Tensor dx = Tensor.Uninitialized(shape, dy.DType);
        ConvolutionGeometry g = plan.Geometry;
        if (dy.DType == DType.Float64)
        {
            ReferenceConvolution<double>.BackwardData(
                g,
                dy.Pointer<double>(),
                weight.Pointer<double>(),
                dx.Pointer<double>()
            );
            ReferenceConvolution<double>.AddBias(
                g.Batch,
                g.InChannels,
                g.InPlane,
                bias is null ? null : bias.Pointer<double>(),
                dx.Pointer<double>()
            );
        }
        else
        {
            ConvolutionKernels.BackwardData(
                plan,
                dy.Pointer<float>(),
                weight.Pointer<float>(),
                bias is null ? null : bias.Pointer<float>(),
                dx.Pointer<float>()
            );
        }

        return dx;
    }

    /// <summary>Gradient of the weight, of shape <paramref name="shape"/>.</summary>
    public static Tensor Weights(ConvolutionPlan plan, Tensor x, Tensor dy, Shape shape)
    {
        Tensor dw = Tensor.Uninitialized(shape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            ReferenceConvolution<double>.BackwardWeights(
                plan.Geometry,
                x.Pointer<double>(),
                dy.Pointer<double>(),
                dw.Pointer<double>()
            );
        }
        else
        {
            ConvolutionKernels.BackwardWeights(plan, x.Pointer<float>(), dy.Pointer<float>(), dw.Pointer<float>());
        }

        return dw;
    }
}
