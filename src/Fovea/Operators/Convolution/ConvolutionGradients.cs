using Fovea.Kernels;

namespace Fovea;

/// <summary>The three gradients of a convolution as tensors; a transposed convolution uses the same three in other
/// roles.</summary>
internal static unsafe class ConvolutionGradients
{
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

        GC.KeepAlive(dy);
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

        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        return dw;
    }

    /// <summary>Gradient of the bias: dy [batch, channels, plane] summed to [channels].</summary>
    public static Tensor Bias(Tensor dy, int batch, int channels, int plane)
    {
        Tensor db = Tensor.Uninitialized([channels], dy.DType);
        if (dy.DType == DType.Float64)
        {
            ReferenceConvolution<double>.BackwardBias(
                batch,
                channels,
                plane,
                dy.Pointer<double>(),
                db.Pointer<double>()
            );
        }
        else
        {
            ConvolutionKernels.BackwardBias(batch, channels, plane, dy.Pointer<float>(), db.Pointer<float>());
        }

        GC.KeepAlive(dy);
        return db;
    }
}
