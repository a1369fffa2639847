namespace Fovea.Initialization;

/// <summary>A rule that fills a parameter with its first values. Derive from it to add one.</summary>
/// <remarks>Immutable; everything random comes from the generator passed in.</remarks>
public abstract class Initializer
{
    // Draws behind a measured variance: its relative error is then about sqrt(2 / 65536) = 0.6 %.
    private const int MeasuredDraws = 65536;

    /// <summary>Writes the first values.</summary>
    /// <param name="tensor">A Float32 or Float64 tensor; weights are [out, in / groups, kernel...] or [out,
    /// in].</param>
    /// <param name="rng">Where random numbers come from.</param>
    public abstract void Fill(Tensor tensor, Rng rng);

    /// <summary>The variance of the values it writes, around their mean: what decides how signals grow or fade with
    /// depth.</summary>
    /// <param name="shape">The shape filled.</param>
    /// <remarks>Unless a rule overrides it with its formula, it is measured on at least 65,536 values drawn from seed
    /// 0, and so good to about 1 %. 0 for an empty shape.</remarks>
    public virtual double Variance(Shape shape)
    {
        if (shape.Count == 0)
        {
            return 0;
        }

        Tensor sample = Tensor.Zeros(shape, DType.Float64);
        Rng rng = new(0);
        double sum = 0,
            squares = 0;
        long count = 0;
        for (ulong draw = 0; count < MeasuredDraws; draw++)
        {
            Fill(sample, rng.Split(draw));
            foreach (double value in sample.AsReadOnlySpan<double>())
            {
                sum += value;
                squares += value * value;
            }

            count += shape.Count;
        }

        double mean = sum / count;
        return Math.Max(0, (squares / count) - (mean * mean));
    }

    /// <summary>The mean of the values it writes; 0 unless a rule says otherwise.</summary>
    /// <param name="shape">The shape filled.</param>
    public virtual double MeanValue(Shape shape) => 0;

    /// <summary>The rule in one line, e.g. <c>Kaiming uniform, fan in, gain 1.414</c>.</summary>
    public abstract override string ToString();

    /// <summary>Inputs and outputs a weight connects: fan in = shape[1] * taps, fan out = shape[0] * taps, the taps
    /// being the product of the axes after the first two.</summary>
    /// <param name="shape">A weight's shape, of rank 2 or more; for rank 0 and 1 both fans are the number of
    /// elements.</param>
    /// <remarks>The convention of PyTorch's <c>_calculate_fan_in_and_fan_out</c>; groups are already divided out of
    /// shape[1].</remarks>
    public static (long FanIn, long FanOut) Fans(Shape shape)
    {
        if (shape.Rank < 2)
        {
            return (shape.Count, shape.Count);
        }

        long taps = 1;
        foreach (int size in shape.Sizes[2..])
        {
            taps *= size;
        }

        return (shape[1] * taps, shape[0] * taps);
    }

    /// <summary>Writes values from a function called once an element, in order.</summary>
    /// <param name="tensor">The tensor to fill.</param>
    /// <param name="next">The next value.</param>
    protected static void Fill(Tensor tensor, Func<double> next)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.CopyFrom(Tensor.Generate(tensor.Shape, tensor.DType, next));
    }

    /// <summary>Writes values uniform in ±sqrt(3 variance).</summary>
    /// <param name="tensor">The tensor to fill.</param>
    /// <param name="rng">Where random numbers come from.</param>
    /// <param name="variance">Their variance, 0 or more.</param>
    protected static void FillUniform(Tensor tensor, Rng rng, double variance)
    {
        ArgumentNullException.ThrowIfNull(rng);
        double bound = Math.Sqrt(3.0 * variance);
        Fill(tensor, () => bound * ((2.0 * rng.NextDouble()) - 1.0));
    }

    /// <summary>Writes normal values of mean 0.</summary>
    /// <param name="tensor">The tensor to fill.</param>
    /// <param name="rng">Where random numbers come from.</param>
    /// <param name="variance">Their variance, 0 or more.</param>
    protected static void FillNormal(Tensor tensor, Rng rng, double variance)
    {
        ArgumentNullException.ThrowIfNull(rng);
        double std = Math.Sqrt(variance);
        Fill(tensor, () => std * rng.NextNormal());
    }
}
