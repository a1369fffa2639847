using System.Runtime.InteropServices;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Statistics of a normalization as tensors: Float64 whatever the input is, so that the backward pass works with
/// the very numbers of the forward pass.</summary>
internal static class SavedStatistics
{
    /// <summary>Numbers of a channel: mean, 1 / sqrt(variance + epsilon), that times the weight, bias.</summary>
    public const int ScaleNumbers = 4;

    /// <summary>Numbers of a row: mean, sum of squared deviations.</summary>
    public const int MomentNumbers = 2;

    /// <summary>Scales as [C, 4].</summary>
    public static Tensor Of(ChannelScale[] scales)
    {
        Tensor result = Tensor.Uninitialized([scales.Length, ScaleNumbers], DType.Float64);
        result.Write(MemoryMarshal.Cast<ChannelScale, double>((ReadOnlySpan<ChannelScale>)scales));
        return result;
    }

    /// <summary>The scales in [C, 4].</summary>
    public static ChannelScale[] Scales(Tensor saved) =>
        MemoryMarshal.Cast<double, ChannelScale>(saved.ToArray<double>()).ToArray();

    /// <summary>Moments as [..., 2].</summary>
    public static Tensor Of(Moments[] moments, Shape shape)
    {
        double[] numbers = new double[moments.Length * MomentNumbers];
        for (int i = 0; i < moments.Length; i++)
        {
            (numbers[2 * i], numbers[(2 * i) + 1]) = (moments[i].Mean, moments[i].Squares);
        }

        Tensor result = Tensor.Uninitialized(shape, DType.Float64);
        result.Write<double>(numbers);
        return result;
    }

    /// <summary>The moments in [..., 2], each of a row of <paramref name="count"/> values.</summary>
    public static Moments[] Moments(Tensor saved, long count)
    {
        double[] numbers = saved.ToArray<double>();
        Moments[] moments = new Moments[numbers.Length / MomentNumbers];
        for (int i = 0; i < moments.Length; i++)
        {
            moments[i] = new Moments(count, numbers[2 * i], numbers[(2 * i) + 1]);
        }

        return moments;
    }
}
