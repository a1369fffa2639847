namespace Fovea.Workbench;

/// <summary>A line of <c>measurements/probes.jsonl</c>: a trial on a copy of the network, or a look at it. Each kind of probe
/// says what its values are; the state of training is the same before and after.</summary>
/// <param name="Step">Updates done before.</param>
/// <param name="Name">Which probe, e.g. <c>gain</c>.</param>
/// <param name="Values">What came of it, by name.</param>
/// <param name="Layer">The layer it is about; empty where it is about the whole.</param>
public sealed record MeasuredProbe(
    long Step,
    string Name,
    IReadOnlyDictionary<string, double> Values,
    string Layer = ""
)
{
    /// <summary>A value by name; NaN where the probe has none of it.</summary>
    /// <param name="name">E.g. <c>rho</c>.</param>
    public double this[string name] => Values.GetValueOrDefault(name, double.NaN);
}
