namespace Fovea.Workbench;

/// <summary>Tells whether running statistics are still those that an update left.</summary>
/// <param name="model">The network.</param>
internal sealed class StatisticsKept(Module model)
{
    private readonly BatchNorm[] _norms = [.. SignalSampler.NormsOf(model).Select(n => n.Layer)];
    private Tensor[] _left = [];

    /// <summary>An update is made: keeps them.</summary>
    public void Keep()
    {
        if (_left.Length == 0)
        {
            _left = [.. Now().Select(t => t.Clone())];
            return;
        }

        foreach ((Tensor now, Tensor left) in Now().Zip(_left))
        {
            left.CopyFrom(now);
        }
    }

    /// <summary>Whether any differs from what was kept; false where nothing was.</summary>
    public bool HaveMoved() => Now().Zip(_left).Any(t => !AreSame(t.First, t.Second));

    private static bool AreSame(Tensor a, Tensor b) =>
        a.DType == DType.Float64
            ? a.AsReadOnlySpan<double>().SequenceEqual(b.AsReadOnlySpan<double>())
            : a.AsReadOnlySpan<float>().SequenceEqual(b.AsReadOnlySpan<float>());

    private IEnumerable<Tensor> Now() => _norms.SelectMany(n => new Tensor[] { n.RunningMean!, n.RunningVariance! });
}
