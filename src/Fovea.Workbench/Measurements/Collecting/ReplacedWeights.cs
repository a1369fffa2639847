namespace Fovea.Workbench;

/// <summary>Tells whether weights are still those that an update left. A loop that makes or draws them anew loses what was
/// learned; one that keeps them within a norm, or rounds them, moves them by little.</summary>
/// <param name="parameters">All parameters of the network.</param>
internal sealed class ReplacedWeights(IReadOnlyList<Parameter> parameters)
{
    // Of the norm of all weights. Two draws of the same rule are 1.4 apart.
    private const double Far = 0.5;

    private readonly Parameter[] _weights =
    [
        .. parameters.Where(p => p.Kind == ParameterKind.Weight && p.DType != DType.Int64),
    ];
    private Tensor[] _left = [];

    /// <summary>An update is made: keeps the weights.</summary>
    public void Keep()
    {
        if (_left.Length == 0)
        {
            _left = [.. _weights.Select(w => w.Clone())];
            return;
        }

        for (int i = 0; i < _left.Length; i++)
        {
            _left[i].CopyFrom(_weights[i]);
        }
    }

    /// <summary>Whether they are far from those kept; false where none were.</summary>
    public bool IsFar()
    {
        double moved = 0,
            size = 0;
        for (int i = 0; i < _left.Length; i++)
        {
            double by = ParameterNorms.OfDifference(_weights[i], _left[i]);
            moved += by * by;
            size += ParameterNorms.Product(_left[i], _left[i]);
        }

        return moved > Far * Far * size;
    }
}
