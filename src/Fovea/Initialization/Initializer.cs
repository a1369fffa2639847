namespace Fovea;

/// <summary>A rule that fills a parameter with its first values. Derive from it to add one.</summary>
/// <remarks>Immutable; everything random comes from the generator passed in.</remarks>
public abstract class Initializer
{
    /// <summary>Writes the first values.</summary>
    /// <param name="tensor">A Float32 or Float64 tensor; weights are [out, in / groups, kernel...] or [out, in].</param>
    /// <param name="rng">Where random numbers come from.</param>
    public abstract void Fill(Tensor tensor, Rng rng);

    /// <summary>The rule in one line, e.g. <c>Kaiming uniform, fan in, gain 1.414</c>.</summary>
    public abstract override string ToString();

    /// <summary>Inputs and outputs a weight connects: fan in = shape[1] * taps, fan out = shape[0] * taps, the taps being the product of the axes after the first two.</summary>
    /// <param name="shape">A weight's shape, of rank 2 or more; for rank 0 and 1 both fans are the number of elements.</param>
    /// <remarks>The convention of PyTorch's <c>_calculate_fan_in_and_fan_out</c>; groups are already divided out of shape[1].</remarks>
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
}
