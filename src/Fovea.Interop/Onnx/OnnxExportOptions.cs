namespace Fovea.Interop;

/// <summary>Axes of a network's inputs whose sizes a file leaves open.</summary>
[Flags]
public enum OnnxOpenAxes
{
    /// <summary>None: a file for one item of one size.</summary>
    None = 0,

    /// <summary>The number of items.</summary>
    Batch = 1,

    /// <summary>The outermost of three spatial axes.</summary>
    Depth = 2,

    /// <summary>The rows of pictures.</summary>
    Height = 4,

    /// <summary>The columns of pictures, and the length of series.</summary>
    Width = 8,
}

/// <summary>How a network is written as ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The version of the set of operators, 13 to 27; null for 17, or for that of the file where the network was read
    /// from one.</summary>
    public int? Opset { get; init; }

    /// <summary>Whether batch normalizations go into the convolutions and linear layers before them. The file then runs
    /// faster where a runtime does not do so itself, and cannot be trained as the network was.</summary>
    public bool FoldNormalizations { get; init; }

    /// <summary>Which sizes are left open: the batch, unless something else is said.</summary>
    public OnnxOpenAxes Open { get; init; } = OnnxOpenAxes.Batch;

    /// <summary>Names of the inputs; null for those of the graph.</summary>
    public IReadOnlyList<string>? InputNames { get; init; }

    /// <summary>Names of the outputs; null for <c>output</c>, or of several the names of their layers.</summary>
    public IReadOnlyList<string>? OutputNames { get; init; }

    /// <summary>What the file says beside the network, e.g. class names: texts by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>What is done to the first input in nodes of the file, so that it takes raw values; null for nothing.</summary>
    public OnnxPreprocessing? Preprocessing { get; init; }

    /// <summary>Whether large tensors are written to a file of their own, <c>NAME.onnx.data</c> beside the model. Beyond 2 GB,
    /// which a model's file cannot hold, they are in any case.</summary>
    public bool ExternalData { get; init; }

    /// <summary>Whether the file is read back and run beside the network.</summary>
    public bool Check { get; init; } = true;

    /// <summary>The seed of the random inputs of that run.</summary>
    public ulong CheckSeed { get; init; }
}

/// <summary>A file that was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="DataPath">The file with the large tensors; null where they are inside.</param>
/// <param name="Opset">The version of the set of operators.</param>
/// <param name="IrVersion">The version of the format.</param>
/// <param name="Nodes">Number of nodes.</param>
/// <param name="TensorBytes">Bytes of weights and other tensors.</param>
/// <param name="LargestDifference">The largest difference of an output of the file, read back and run on random inputs, from
/// that of the network; null where it was not checked.</param>
/// <param name="LargestValue">The largest absolute value of an output in that run; null where it was not checked.</param>
public sealed record OnnxExportResult(
    string Path,
    string? DataPath,
    int Opset,
    int IrVersion,
    int Nodes,
    long TensorBytes,
    double? LargestDifference,
    double? LargestValue
);
