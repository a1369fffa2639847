using System.Numerics;

namespace Fovea.Kernels;

/// <summary>A normalization as it is applied to one channel: y = (x - Center) * Scale + Shift.</summary>
/// <param name="Mean">The exact mean subtracted.</param>
/// <param name="InverseDeviation">1 / sqrt(variance + epsilon).</param>
/// <param name="Scale">Inverse deviation times weight.</param>
/// <param name="Bias">What is added in the end.</param>
/// <remarks>The mean is subtracted first, rounded to the element type, and what rounding lost goes into the shift:
/// nothing cancels where the mean is large against the deviation.</remarks>
internal readonly record struct ChannelScale(double Mean, double InverseDeviation, double Scale, double Bias)
{
    /// <summary>Creates from statistics and the learned weight and bias.</summary>
    public static ChannelScale From(double mean, double variance, double epsilon, double weight, double bias)
    {
        double inverse = 1.0 / Math.Sqrt(variance + epsilon);
        return new ChannelScale(mean, inverse, inverse * weight, bias);
    }

    /// <summary>The three numbers a kernel applies.</summary>
    public (T Center, T Scale, T Shift) Rounded<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T center = T.CreateTruncating(Mean);
        return (center, T.CreateTruncating(Scale), T.CreateTruncating(Bias - (Lost(center) * Scale)));
    }

    /// <summary>What rounding the mean to <typeparamref name="T"/> lost.</summary>
    public double Lost<T>(T center)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        double.IsFinite(Mean) ? Mean - double.CreateTruncating(center) : 0.0;
}
