namespace Fovea.Interop.Onnx;

/// <summary>The way back: an operator of Fovea, and how it is written in nodes of ONNX.</summary>
/// <param name="Operator">The class of the operator, for functions of each element with the function.</param>
/// <param name="Write">Writes one use of it.</param>
internal sealed record OnnxWriting(Type Operator, Action<OnnxUse> Write)
{
    /// <summary>The way back of a class.</summary>
    public static OnnxWriting Of<TOperator>(Action<OnnxUse> write)
        where TOperator : Operator => new(typeof(TOperator), write);

    /// <summary>A node that reads what the operator reads and has no attributes.</summary>
    /// <param name="type">The operator of ONNX.</param>
    public static OnnxWriting Plain<TOperator>(string type)
        where TOperator : Operator => Of<TOperator>(use => use.Is(use.Add(type, use.Inputs)));
}
