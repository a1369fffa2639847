namespace Fovea;

/// <summary>A step of a compiled network, or two that are done together so that what lies between them has no
/// buffer.</summary>
/// <param name="Step">The step.</param>
/// <param name="Before">The step done together with it: a convolution before a depthwise one, or the product with a
/// gate before a convolution; null for none.</param>
/// <param name="SumsRows">Whether it also leaves the sum of each row that it writes.</param>
/// <param name="Rules">The names of the rules that fired for it, in order.</param>
internal sealed record NetworkStage(FusedStep Step, FusedStep? Before, bool SumsRows, IReadOnlyList<string> Rules)
{
    /// <summary>The values read.</summary>
    public IEnumerable<Value> Inputs => Before is null ? Step.Inputs : Before.Inputs.Concat(Step.Inputs.Skip(1));
}
