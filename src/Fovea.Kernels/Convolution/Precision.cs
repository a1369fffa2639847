namespace Fovea;

/// <summary>Which algorithms compiled execution may choose from.</summary>
public enum Precision
{
    /// <summary>All; Winograd's, with the error that docs/numerics.md states, where it is quicker.</summary>
    Default,

    /// <summary>Direct sums only.</summary>
    Strict,
}
