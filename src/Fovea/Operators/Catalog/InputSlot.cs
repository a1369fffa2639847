namespace Fovea;

/// <summary>What stands at an input of an operator.</summary>
public enum SlotKind
{
    /// <summary>What the network computes from its input.</summary>
    Activation,

    /// <summary>A learned tensor.</summary>
    Parameter,

    /// <summary>A tensor that training keeps, such as a running mean.</summary>
    State,

    /// <summary>The key of a random mask: an Int64 scalar.</summary>
    Key,

    /// <summary>Targets or class weights of a loss: given with the batch, not learned.</summary>
    Target,
}

/// <summary>An input of an operator.</summary>
/// <param name="Name">As fields of layers are called, e.g. <c>weight</c>, <c>running_mean</c>.</param>
/// <param name="Kind">What stands there.</param>
/// <param name="IsOptional">Whether some uses do not have it; the inputs behind it move up.</param>
/// <param name="IsMany">Whether any number of tensors stands there, one or more.</param>
public sealed record InputSlot(string Name, SlotKind Kind, bool IsOptional = false, bool IsMany = false)
{
    /// <summary>Whether a use with given attributes has it; null where the attributes do not say.</summary>
    internal Func<OperatorAttributes, bool>? IsPresent { get; init; }
}
