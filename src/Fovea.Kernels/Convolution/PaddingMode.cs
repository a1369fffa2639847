namespace Fovea;

/// <summary>What stands where a window reaches beyond the input.</summary>
public enum PaddingMode
{
    /// <summary>Zeros. In max pooling the padding never wins instead.</summary>
    Zeros,

    /// <summary>The input mirrored at its border, the border value not repeated: c b | a b c | b a. Padding must be
    /// smaller than the input.</summary>
    Reflect,

    /// <summary>The border value repeated: a a | a b c | c c.</summary>
    Replicate,

    /// <summary>The input continued from its other end: b c | a b c | a b. Padding must not exceed the input.</summary>
    Circular,
}
