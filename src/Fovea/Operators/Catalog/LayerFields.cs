namespace Fovea;

/// <summary>The options of layers that follow from the weights of their operators.</summary>
internal static class LayerFields
{
    /// <summary>Output channels.</summary>
    public static LayerField<int> Out { get; } =
        new("out", OptionTypes.Integer, 0, (op, shapes) => op.Filters(shapes)!.OutChannels) { IsRequired = true };

    /// <summary>Taps of each spatial axis.</summary>
    public static LayerField<PerAxis> Kernel { get; } =
        new("kernel", OptionTypes.PerAxis, 1, (op, shapes) => [.. op.Filters(shapes)!.Kernel]) { IsRequired = true };

    /// <summary>Whether there is a bias.</summary>
    public static LayerField<bool> Bias { get; } =
        new("bias", OptionTypes.Flag, true, (op, shapes) => op.Filters(shapes)!.HasBias);

    /// <summary>Number of learned slopes: one, or one a channel.</summary>
    public static LayerField<int> Slopes { get; } =
        new("channels", OptionTypes.Integer, 1, (_, shapes) => shapes.Inputs[1][0]);

    /// <summary>Spatial axes of a batch normalization: as a word, as it need not follow from the input.</summary>
    public static LayerField<string?> Dims { get; } =
        new(
            "dims",
            new OptionType<string?>((o, name, _, _) => o.Text(name), v => v!),
            null,
            (op, _) => op.Attributes is BatchNormAttributes { Dims: null } ? "any" : null
        );
}
