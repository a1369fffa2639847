namespace Fovea;

/// <summary>Checks of element types, with the messages all operators share.</summary>
internal static class ElementType
{
    /// <summary>Requires floating-point elements.</summary>
    /// <exception cref="ArgumentException">They are integers.</exception>
    public static void RequireFloat(string subject, Tensor tensor)
    {
        if (tensor.DType == DType.Int64)
        {
            throw new ArgumentException(
                $"{subject}: elements must be Float32 or Float64, got Int64 {tensor.Shape}. Convert with To(DType.Float32)."
            );
        }
    }
}
