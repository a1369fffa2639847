using Fovea.Kernels;

namespace Fovea;

/// <summary>Gives every map the halo that the steps which read it need.</summary>
/// <remarks>What a convolution adds lies as its output, and a piece of a concatenation as the whole. So all that are
/// linked get the halo that any of them needs. Halos only grow, and none grows beyond the largest that is needed:
/// growing comes to an end.</remarks>
/// <param name="layouts">Layouts by value; they are replaced by larger ones.</param>
/// <param name="needed">The halo that a convolution wants of an input with so many lanes.</param>
internal sealed class Halos(
    Dictionary<Value, BlockedLayout> layouts,
    Func<(ConvolutionGeometry Geometry, int Lanes), BlockedLayout> needed
)
{
    /// <summary>Lets halos grow until nothing needs more.</summary>
    /// <param name="convolutions">The convolutions with kernels for blocked maps.</param>
    /// <param name="concatenations">Which values lie within others.</param>
    public void Grow(IReadOnlyList<FusedStep> convolutions, Concatenations concatenations)
    {
        for (bool changed = true; changed; )
        {
            changed = false;
            foreach (FusedStep step in convolutions)
            {
                ConvolutionGeometry g = ((ConvolutionForm)step.Form!).Geometry;
                changed |= Cover(step.Inputs[0], needed((g, layouts[step.Inputs[0]].Lanes)));
                changed |= step.Inputs.Count > 1 && Link(step.Output, step.Inputs[1]);
            }

            foreach ((Value piece, (Value whole, _)) in concatenations.Places)
            {
                changed |= Link(piece, whole);
            }
        }
    }

    private bool Link(Value a, Value b) => Cover(a, layouts[b]) | Cover(b, layouts[a]);

    private bool Cover(Value value, BlockedLayout halo)
    {
        BlockedLayout own = layouts[value];
        if (own.Covers(halo))
        {
            return false;
        }

        layouts[value] = own.WithHalo(halo);
        return true;
    }
}
