using System.Globalization;

namespace Fovea.Initialization;

/// <summary>A convolution that passes its input on: within each group, output channel d has a 1 at the centre tap of
/// input channel d, and 0 elsewhere.</summary>
/// <remarks>
/// <para>With odd kernels, stride 1 and same padding the layer is then the identity on the first min(out / groups, in /
/// groups) channels of each group; output channels beyond are 0.
/// The centre of an even kernel is the tap after the middle (size / 2), as in PyTorch's <c>dirac_</c>.</para>
/// <para>Variance p (1 - p), where p is the share of ones. Zagoruyko and Komodakis, DiracNets, 2017.</para>
/// </remarks>
public sealed class Dirac : Initializer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="groups">Groups of the convolution, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="groups"/> is less than 1.</exception>
    public Dirac(int groups = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        Groups = groups;
    }

    /// <summary>Groups of the convolution.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The tensor is not a convolution's weight, or its output channels are not a
    /// multiple of the groups.</exception>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Shape shape = tensor.Shape;
        Require(shape);
        long taps = 1,
            centre = 0;
        foreach (int size in shape.Sizes[2..])
        {
            taps *= size;
            centre = (centre * size) + (size / 2);
        }

        long row = shape[1] * taps,
            perGroup = shape[0] / Groups,
            index = 0;
        Fill(
            tensor,
            () =>
            {
                long channel = index / row % Math.Max(1, perGroup),
                    within = index++ % row;
                return within == (channel * taps) + centre ? 1.0 : 0.0;
            }
        );
    }

    /// <summary>p (1 - p), p being the share of ones: groups * min(out / groups, in / groups) over the number of
    /// elements.</summary>
    /// <param name="shape">A convolution's weight [out, in / groups, kernel...].</param>
    /// <exception cref="ShapeException">As <see cref="Fill"/>.</exception>
    public override double Variance(Shape shape)
    {
        Require(shape);
        double ones = (double)Groups * Math.Min(shape[0] / Groups, shape[1]),
            share = shape.Count == 0 ? 0 : ones / shape.Count;
        return share * (1 - share);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Dirac, groups {Groups}");

    private void Require(Shape shape)
    {
        if (shape.Rank is < 3 or > 5 || shape[0] % Groups != 0)
        {
            throw new ShapeException(
                $"Dirac: fills a convolution's weight [out, in / groups, kernel...] of 1 to 3 spatial axes, out a multiple of groups, got {shape} with groups {Groups}."
            );
        }
    }
}
