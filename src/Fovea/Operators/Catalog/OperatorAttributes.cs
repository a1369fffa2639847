namespace Fovea;

/// <summary>The arguments of an operator as typed data: derive a record from it for an operator that has some.</summary>
/// <remarks>
/// Two records are equal if their values are. There is no tensor in them, no random key, no function and no number of items:
/// what a network is traced with does not change its attributes. Sizes that are multiples of the batch stand in a
/// <see cref="SymbolicShape"/>.
/// </remarks>
public abstract record OperatorAttributes
{
    /// <summary>Those of an operator without arguments.</summary>
    public static OperatorAttributes None { get; } = new NoAttributes();
}

/// <summary>No arguments.</summary>
internal sealed record NoAttributes : OperatorAttributes;
