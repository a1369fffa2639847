namespace Fovea;

/// <summary>Which values are made of items: [N, item...], with the batch in the first axis and in no other.</summary>
/// <remarks>All others, such as [1, N, C], [16N, H, W], a mean over the batch, or a product of two parameters, lie in
/// the arena as one plain tensor. Only operators that run eagerly read and write them.</remarks>
internal static class BatchAxis
{
    /// <summary>Whether a value is made of items.</summary>
    public static bool IsByItems(SymbolicShape shape)
    {
        if (shape.Rank == 0 || !shape.ScalesWithBatch(0) || shape.Single[0] != 1)
        {
            return false;
        }

        for (int axis = 1; axis < shape.Rank; axis++)
        {
            if (shape.ScalesWithBatch(axis))
            {
                return false;
            }
        }

        return true;
    }
}
