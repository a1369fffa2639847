namespace Fovea.Interop;

/// <summary>Tensors by name, as a file has them, with what to know about how they were read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">What it is, in words, e.g. <c>PyTorch checkpoint (zip archive)</c>.</param>
/// <param name="Tensors">Tensors by name, in the order of the file.</param>
/// <param name="Notes">A sentence each: where in the file they were found, what was taken off their names, what was
/// converted, which names share one tensor, and what was left out. Empty where there is nothing to say.</param>
public sealed record WeightsFile(
    string Path,
    string Format,
    IReadOnlyDictionary<string, Tensor> Tensors,
    IReadOnlyList<string> Notes
)
{
    /// <summary>What was taken off all names, e.g. <c>module.</c>; empty where nothing was.</summary>
    internal string Prefix { get; init; } = "";
}
