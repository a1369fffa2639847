namespace Fovea;

/// <summary>The element type of a tensor.</summary>
public enum DType
{
    /// <summary>32-bit float: what networks compute in.</summary>
    Float32,

    /// <summary>64-bit float: the reference path, for gradient checks and comparisons.</summary>
    Float64,

    /// <summary>64-bit integer: class labels and indices.</summary>
    Int64,
}
