namespace Fovea.Interop.Onnx;

/// <summary>An input of a node that is learned, or kept as state, where the file holds it.</summary>
/// <param name="Input">Its position.</param>
/// <param name="Name">What it is called where the file's name says nothing.</param>
/// <param name="Kind">What it does.</param>
/// <param name="IsState">Whether it is state, such as running statistics.</param>
internal sealed record LearnedInput(int Input, string Name, ParameterKind Kind, bool IsState = false)
{
    /// <summary>Only where the file's tensor has so many axes at least.</summary>
    public int LeastRank { get; init; }

    /// <summary>Whether it has one element a channel, which the file gives axes of size 1 behind, so that it broadcasts.</summary>
    public bool IsOfChannels { get; init; }
}

/// <summary>An operator of ONNX and what it is here: the row that import and export read.</summary>
/// <param name="name">Its name, e.g. <c>Conv</c>.</param>
internal sealed class OnnxOperator(string name)
{
    /// <summary>Its name, e.g. <c>Conv</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Its domain; empty for the standard one.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The operator in operators of Fovea: what is traced, trained and compiled. Null, or a null result, where there
    /// is none for these inputs.</summary>
    public Func<OnnxCall, OnnxValue?[]?>? Graph { get; init; }

    /// <summary>The operator on values that can be read: integers, and what has no operator of Fovea.</summary>
    public Func<OnnxCall, OnnxValue?[]>? Evaluate { get; init; }

    /// <summary>Types and sizes of the outputs of <see cref="Evaluate"/>; null where they depend on values, so that it cannot
    /// stand in a graph.</summary>
    public Func<OnnxCall, ValueSpec[]>? Specs { get; init; }

    /// <summary>Inputs that are learned where the file holds them.</summary>
    public IReadOnlyList<LearnedInput> Learned { get; init; } = [];

    /// <summary>The way back: the operators of Fovea that are written as this one, or with it.</summary>
    public IReadOnlyList<OnnxWriting> Writes { get; init; } = [];

    /// <summary>Whether results differ from run to run, so that nothing is computed beforehand.</summary>
    public bool IsRandom { get; init; }
}
