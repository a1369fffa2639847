namespace Fovea.Interop;

/// <summary>Tensors by name, as a file has them, with what to know about how they were read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">What it is, in words, e.g. <c>PyTorch checkpoint (zip archive)</c>.</param>
/// <param name="Tensors">Tensors by name, in the order of the file.</param>
/// <param name="Notes">A sentence each, without a point: where in the file they were found, what was taken off their
/// names, what was converted, which names share one tensor, and what was left out. Empty where there is nothing to
/// say.</param>
public sealed record WeightsFile(
    string Path,
    string Format,
    IReadOnlyDictionary<string, Tensor> Tensors,
    IReadOnlyList<string> Notes
)
{
    /// <summary>What was taken off all names, e.g. <c>module.</c>; empty where nothing was.</summary>
    internal string Prefix { get; init; } = "";

    /// <summary>The tensors under the names of a network, where other programs name the same things otherwise: as in timm, or
    /// with what was taken off. Names that fit already are kept.</summary>
    /// <param name="module">The network.</param>
    public WeightsFile For(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        IReadOnlyDictionary<string, Tensor> own = module.StateDict();
        WeightsFile best = this;
        int fitting = Fitting(Tensors);
        foreach ((IReadOnlyDictionary<string, Tensor> tensors, string note) in OtherNames.Of(this, own))
        {
            int count = Fitting(tensors);
            if (count > fitting)
            {
                (best, fitting) = (this with { Tensors = tensors, Notes = [.. Notes, note] }, count);
            }
        }

        return best;

        int Fitting(IReadOnlyDictionary<string, Tensor> given) =>
            given.Count(t => own.TryGetValue(t.Key, out Tensor? wanted) && wanted.Shape == t.Value.Shape);
    }
}
