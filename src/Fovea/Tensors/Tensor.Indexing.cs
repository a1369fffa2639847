namespace Fovea;

public partial class Tensor
{
    /// <summary>A part of the tensor, as in NumPy: <c>x[0]</c>, <c>x[.., 1..3]</c>, <c>x[^1, .., 2]</c>. Axes that no index
    /// names stay whole. Gradients pass; nothing can be assigned.</summary>
    /// <param name="indices">For each axis from the first on a position, which removes the axis, or a range;
    /// <see cref="TensorIndex.Ellipsis"/> stands for all axes left out, <see cref="TensorIndex.NewAxis"/> puts one
    /// in.</param>
    /// <exception cref="ShapeException">There are more indices than axes, or a position or range leaves its
    /// axis.</exception>
    [System.Runtime.CompilerServices.IndexerName("Part")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            int named = 0,
                open = -1;
            for (int i = 0; i < indices.Length; i++)
            {
                named += indices[i].Kind is TensorIndexKind.Position or TensorIndexKind.Range ? 1 : 0;
                open =
                    indices[i].Kind != TensorIndexKind.Ellipsis ? open
                    : open < 0 ? i
                    : indices.Length;
            }

            if (named > Rank || open == indices.Length)
            {
                throw new ShapeException(
                    $"Tensor: an index an axis and one ellipsis at most, got [{string.Join(", ", indices.ToArray())}] for {Shape}."
                );
            }

            Tensor result = this;
            int axis = 0;
            foreach (TensorIndex index in indices)
            {
                (result, axis) = result.Taken(index, axis, Rank - named);
            }

            return result;
        }
    }

    /// <summary>The tensor with one index applied, and the axis that the next one is for.</summary>
    private (Tensor Tensor, int Axis) Taken(TensorIndex index, int axis, int left) =>
        index.Kind switch
        {
            TensorIndexKind.Range => (Slice(axis, index.Range), axis + 1),
            TensorIndexKind.NewAxis => (Unsqueeze(axis), axis + 1),
            TensorIndexKind.Ellipsis => (this, axis + left),
            _ => (One("Tensor", axis, index.Position).Squeeze(axis), axis),
        };
}
