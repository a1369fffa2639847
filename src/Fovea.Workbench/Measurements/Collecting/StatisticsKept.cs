namespace Fovea.Workbench;

/// <summary>Tells whether running statistics are still those that an update left.</summary>
/// <param name="model">The network.</param>
internal sealed class StatisticsKept(Module model)
{
    private readonly BatchNorm[] _norms = [.. SignalSampler.NormsOf(model).Select(n => n.Layer)];
    private Tensor[] _left = [];

    /// <summary>An update is made: keeps them.</summary>
    public void Keep() => _left = [.. Now().Select(t => t.Clone())];

    /// <summary>Whether any differs from what was kept; false where nothing was.</summary>
    public bool HaveMoved() =>
        _left.Length > 0
        && Now().Zip(_left).Any(t => !t.First.ToArray<double>().SequenceEqual(t.Second.ToArray<double>()));

    private IEnumerable<Tensor> Now() => _norms.SelectMany(n => new Tensor[] { n.RunningMean!, n.RunningVariance! });
}
