using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Keeps gradients from being too large, between Backward and the optimizer's step.</summary>
/// <remarks>Parameters without a gradient, and frozen ones, are passed over.</remarks>
public static class GradientClipping
{
    /// <summary>Scales all gradients by one factor so that their norm, taken together, is at most
    /// <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">The parameters whose gradients count as one vector.</param>
    /// <param name="maxNorm">The largest Euclidean norm, more than 0.</param>
    /// <returns>The norm before; see <see cref="Norm"/>.</returns>
    /// <remarks>
    /// The factor is min(1, maxNorm / (norm + 1e-6)), as PyTorch's <c>clip_grad_norm_</c> (Pascanu, Mikolov, Bengio: On
    /// the difficulty of training recurrent
    /// neural networks, 2013). Where the norm is not finite nothing is scaled: one infinite gradient would turn all
    /// others into zeros and itself into NaN.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="maxNorm"/> is 0 or less, or not finite.</exception>
    public static double ByNorm(IEnumerable<Parameter> parameters, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        OptionRange.Positive("GradientClipping.ByNorm", "maxNorm", maxNorm);
        List<Tensor> gradients = GradientsOf(parameters);
        double norm = NormOf(gradients),
            factor = maxNorm / (norm + 1e-6);
        if (double.IsFinite(norm) && factor < 1)
        {
            foreach (Tensor gradient in gradients)
            {
                if (gradient.DType == DType.Float64)
                {
                    Scale<double>(gradient, factor);
                }
                else
                {
                    Scale<float>(gradient, factor);
                }
            }
        }

        return norm;
    }

    /// <summary>Limits every element of the gradients to ±<paramref name="maxValue"/>. NaN stays NaN.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="maxValue">The largest magnitude, more than 0.</param>
    /// <exception cref="ArgumentException"><paramref name="maxValue"/> is 0 or less, or not finite.</exception>
    public static void ByValue(IEnumerable<Parameter> parameters, double maxValue)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        OptionRange.Positive("GradientClipping.ByValue", "maxValue", maxValue);
        foreach (Tensor gradient in GradientsOf(parameters))
        {
            if (gradient.DType == DType.Float64)
            {
                Limit<double>(gradient, maxValue);
            }
            else
            {
                Limit<float>(gradient, maxValue);
            }
        }
    }

    /// <summary>The Euclidean norm of all gradients taken together; 0 where there are none. Changes nothing.</summary>
    /// <param name="parameters">The parameters, in the order in which squares are added.</param>
    /// <remarks>Squares are added in double and in a fixed order, so the norm is the same to the bit for any number of
    /// threads.</remarks>
    public static double Norm(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return NormOf(GradientsOf(parameters));
    }

    private static List<Tensor> GradientsOf(IEnumerable<Parameter> parameters) =>
        [.. parameters.Where(p => p is { RequiresGrad: true, Grad: not null }).Select(p => p.Grad!)];

    private static double NormOf(List<Tensor> gradients)
    {
        double sum = 0;
        foreach (Tensor gradient in gradients)
        {
            sum += SumOfSquares(gradient);
        }

        return Math.Sqrt(sum);
    }

    private static unsafe double SumOfSquares(Tensor tensor)
    {
        double[] parts = new double[(tensor.Count + Chunks.Size - 1) / Chunks.Size];
        if (tensor.DType == DType.Float64)
        {
            double* p = tensor.Pointer<double>();
            Chunks.For(
                tensor.Count,
                (start, length) =>
                    parts[start / Chunks.Size] = TensorPrimitives.SumOfSquares(
                        new ReadOnlySpan<double>(p + start, length)
                    )
            );
        }
        else
        {
            float* p = tensor.Pointer<float>();
            Chunks.For(
                tensor.Count,
                (start, length) => parts[start / Chunks.Size] = SumOfSquares(new ReadOnlySpan<float>(p + start, length))
            );
        }

        GC.KeepAlive(tensor);
        double sum = 0;
        foreach (double part in parts)
        {
            sum += part;
        }

        return sum;
    }

    /// <summary>The sum of squares of floats, each squared and added in double: neither overflows nor loses small
    /// ones.</summary>
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        Vector<double> low = Vector<double>.Zero,
            high = Vector<double>.Zero;
        ref float first = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref first, (nuint)i), out Vector<double> a, out Vector<double> b);
            low += a * a;
            high += b * b;
        }

        double sum = Vector.Sum(low + high);
        for (; i < values.Length; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    private static unsafe void Scale<T>(Tensor tensor, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* p = tensor.Pointer<T>();
        T by = T.CreateTruncating(factor);
        Chunks.For(
            tensor.Count,
            (start, length) =>
            {
                Span<T> run = new(p + start, length);
                TensorPrimitives.Multiply(run, by, run);
            }
        );
        tensor.Storage.Changed();
        GC.KeepAlive(tensor);
    }

    private static unsafe void Limit<T>(Tensor tensor, double bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* p = tensor.Pointer<T>();
        T most = T.CreateTruncating(bound);
        Chunks.For(
            tensor.Count,
            (start, length) =>
            {
                Span<T> run = new(p + start, length);
                TensorPrimitives.Clamp(run, -most, most, run);
            }
        );
        tensor.Storage.Changed();
        GC.KeepAlive(tensor);
    }
}
