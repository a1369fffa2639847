namespace Fovea.Interop;

/// <summary>An input or output of an ONNX network.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="ElementType">Its element type in the format's words, e.g. <c>float</c> or <c>int64</c>.</param>
/// <param name="DType">The element type of the tensors that stand for it here: Int64 for all integers and truth values,
/// Float32 for 16-bit floats.</param>
/// <param name="Sizes">Its sizes as the file declares them: numbers, names of sizes that are open, or <c>?</c>; null where
/// the file says nothing.</param>
public sealed record OnnxPort(string Name, string ElementType, DType DType, IReadOnlyList<string>? Sizes)
{
    internal Onnx.ElementType Type { get; init; }

    /// <summary>E.g. <c>input float [N, 3, 224, 224]</c>.</summary>
    public override string ToString() =>
        $"{Name} {ElementType}{(Sizes is null ? "" : $" [{string.Join(", ", Sizes)}]")}";
}
