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
    private Tensor[] _before = [];

    /// <summary>An update is about to be made: keeps the weights for <see cref="Undone"/>.</summary>
    public void KeepBefore() => _before = [.. _weights.Select(w => w.Clone())];

    /// <summary>The share of the update kept by <see cref="KeepBefore"/> and <see cref="Keep"/> that has been taken back since:
    /// 0 where weights are as it left them, 1 where they are as before it; null where none was kept. It is then
    /// forgotten.</summary>
    public double? Undone()
    {
        double back = 0,
            size = 0;
        for (int i = 0; i < Math.Min(_before.Length, _left.Length); i++)
        {
            float[] before = _before[i].ToArray<float>(),
                left = _left[i].ToArray<float>(),
                now = _weights[i].ToArray<float>();
            for (int k = 0; k < left.Length; k++)
            {
                double step = (double)left[k] - before[k];
                back += step * ((double)left[k] - now[k]);
                size += step * step;
            }
        }

        _before = [];
        return size > 0 ? back / size : null;
    }

    /// <summary>Norm of the difference from the weights kept, over their norm; NaN where none were.</summary>
    public double Distance()
    {
        double moved = 0,
            size = 0;
        for (int i = 0; i < _left.Length; i++)
        {
            double by = ParameterNorms.OfDifference(_weights[i], _left[i]);
            moved += by * by;
            size += ParameterNorms.Product(_left[i], _left[i]);
        }

        return Math.Sqrt(moved / size);
    }

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
    public bool IsFar() => Distance() > Far;
}
