using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Runs a plan: the switch from algorithm and vector width to kernel.</summary>
internal static unsafe class ConvolutionKernels
{
    /// <summary>y = conv(x, w) + bias; bias may be null.</summary>
    public static void Forward(ConvolutionPlan plan, float* x, float* w, float* bias, float* y)
    {
        switch (plan.Forward.Algorithm, CpuTier.Bits)
        {
            case (ConvolutionAlgorithm.Reference, _):
                ReferenceConvolution<float>.Forward(plan.Geometry, x, w, bias, y);
                break;
            case (_, 512):
                DirectForward<Vector512<float>, Simd512>.Run(plan, x, w, bias, y);
                break;
            case (_, 256):
                DirectForward<Vector256<float>, Simd256>.Run(plan, x, w, bias, y);
                break;
            default:
                DirectForward<Vector128<float>, Simd128>.Run(plan, x, w, bias, y);
                break;
        }
    }

    /// <summary>dx = gradient of x; <paramref name="bias"/> a channel of x may be added, null for none.</summary>
    public static void BackwardData(ConvolutionPlan plan, float* dy, float* w, float* bias, float* dx)
    {
        switch (plan.BackwardData.Algorithm, CpuTier.Bits)
        {
            case (ConvolutionAlgorithm.Reference, _):
                ReferenceConvolution<float>.BackwardData(plan.Geometry, dy, w, dx);
                ReferenceConvolution<float>.AddBias(
                    plan.Geometry.Batch,
                    plan.Geometry.InChannels,
                    plan.Geometry.InPlane,
                    bias,
                    dx
                );
                break;
            case (_, 512):
                DirectBackwardData<Vector512<float>, Simd512>.Run(plan, dy, w, bias, dx);
                break;
            case (_, 256):
                DirectBackwardData<Vector256<float>, Simd256>.Run(plan, dy, w, bias, dx);
                break;
            default:
                DirectBackwardData<Vector128<float>, Simd128>.Run(plan, dy, w, bias, dx);
                break;
        }
    }

    /// <summary>dw = gradient of the weight.</summary>
    public static void BackwardWeights(ConvolutionPlan plan, float* x, float* dy, float* dw)
    {
        switch (plan.BackwardWeights.Algorithm, CpuTier.Bits)
        {
            case (ConvolutionAlgorithm.Reference, _):
                ReferenceConvolution<float>.BackwardWeights(plan.Geometry, x, dy, dw);
                break;
            case (_, 512):
                DirectBackwardWeights<Vector512<float>, Simd512>.Run(plan, x, dy, dw);
                break;
            case (_, 256):
                DirectBackwardWeights<Vector256<float>, Simd256>.Run(plan, x, dy, dw);
                break;
            default:
                DirectBackwardWeights<Vector128<float>, Simd128>.Run(plan, x, dy, dw);
                break;
        }
    }

    /// <summary>db = dy summed over images and positions: planes in float, the planes' sums in double.</summary>
    public static void BackwardBias(int batch, int channels, int plane, float* dy, float* db) =>
        WorkerPool.For(
            channels,
            c =>
            {
                double sum = 0;
                for (int n = 0; n < batch; n++)
                {
                    sum += TensorPrimitives.Sum(
                        new ReadOnlySpan<float>(dy + ((((long)n * channels) + c) * plane), plane)
                    );
                }

                db[c] = (float)sum;
            }
        );
}
