namespace Fovea;

/// <summary>The inputs that operators have in common.</summary>
internal static class InputSlots
{
    /// <summary>The only activation.</summary>
    public static InputSlot X { get; } = new("x", SlotKind.Activation);

    /// <summary>The first of two activations.</summary>
    public static InputSlot A { get; } = new("a", SlotKind.Activation);

    /// <summary>The second of two activations.</summary>
    public static InputSlot B { get; } = new("b", SlotKind.Activation);

    /// <summary>One activation or more.</summary>
    public static InputSlot Many { get; } = new("x", SlotKind.Activation, IsMany: true);

    /// <summary>The learned filters.</summary>
    public static InputSlot Weight { get; } = new("weight", SlotKind.Parameter);

    /// <summary>A learned shift that a layer may do without.</summary>
    public static InputSlot Bias { get; } = new("bias", SlotKind.Parameter, IsOptional: true);

    /// <summary>The key of a mask.</summary>
    public static InputSlot Key { get; } = new("key", SlotKind.Key);
}
