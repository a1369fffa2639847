namespace Fovea;

/// <summary>A whole number that may be a multiple of the batch, which is left open: a size, or a position on the axis of the
/// batch.</summary>
/// <param name="Value">The number, or that for one item.</param>
/// <param name="ScalesWithBatch">Whether it is a multiple of the batch.</param>
internal readonly record struct OpenSize(int Value, bool ScalesWithBatch = false)
{
    /// <summary>A number as an operator may hold it: in a trace, a multiple of the batch is left open.</summary>
    public static OpenSize Of(int value) =>
        value > 0 && GraphTracer.Open([value]) is { HasBatch: true } open ? new(open.Single[0], true) : new(value);

    /// <summary>The number for a batch.</summary>
    /// <param name="batch">Items, 0 or more.</param>
    public OpenSize At(int batch) => ScalesWithBatch ? new(checked(Value * batch)) : this;

    /// <summary>E.g. <c>3</c>, <c>N</c>, <c>2N</c>.</summary>
    public override string ToString() =>
        !ScalesWithBatch ? $"{Value}"
        : Value == 1 ? "N"
        : $"{Value}N";

    /// <summary>A number that does not depend on the batch.</summary>
    public static implicit operator OpenSize(int value) => new(value);
}
