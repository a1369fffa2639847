using Fovea.Graphs;

namespace Fovea;

/// <summary>A batch normalization by statistics of the batch, and what follows it: a map added, a clamp.</summary>
/// <param name="Node">The normalization.</param>
/// <param name="Options">What it does.</param>
/// <param name="Output">The value written: its own, or that of the last node taken in.</param>
/// <param name="Add">What is added before the clamp; null for nothing.</param>
/// <param name="Low">Smallest result.</param>
/// <param name="High">Largest result.</param>
internal sealed record TrainedNormalization(
    Node Node,
    BatchNormAttributes Options,
    Value Output,
    Value? Add,
    float Low,
    float High
) : TrainingForm
{
    /// <summary>The form; null where statistics are not the batch's.</summary>
    public static TrainedNormalization? Of(Node node, BatchNormAttributes options)
    {
        Value? add = options.Residual ? node.Inputs[options.ResidualIndex] : null;
        return options is { UsesBatch: true, IsInstance: false } && IsMap(node.Inputs[0]) && (add is null || IsMap(add))
            ? new(node, options, node.Output, add, options.Relu ? 0f : float.NegativeInfinity, float.PositiveInfinity)
            : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Tensors =>
        [
            .. Node.Inputs.Where(
                (v, i) => i > 0 && v.Tensor is null && (!Options.Residual || i != Options.ResidualIndex)
            ),
        ];

    /// <summary>Whether it can take in what follows.</summary>
    public bool IsBare => Add is null && float.IsNegativeInfinity(Low) && float.IsPositiveInfinity(High);

    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads =>
        [new(new(Node.Inputs[0])), .. Add is null ? Array.Empty<MapRead>() : [new(new(Add))]];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Output];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Results => [.. Node.Outputs.Skip(1)];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding)
    {
        NormalizationNumbers numbers = new(this, binding.Batch);
        return [new StatisticsPass(this, numbers, binding), new NormalizePass(this, numbers, binding)];
    }
}

/// <summary>The gradient of such a normalization, and of the clamp that follows it.</summary>
/// <param name="Node">The gradient: x, dy, the scales, and a weight where there is one.</param>
/// <param name="Options">What the normalization does.</param>
/// <param name="Dy">The gradient that comes in.</param>
/// <param name="Mask">The output that decides what of it counts; null for all.</param>
/// <param name="High">The output lets a gradient through below it; not a number for no limit.</param>
internal sealed record TrainedNormalizationGradient(
    Node Node,
    BatchNormAttributes Options,
    Value Dy,
    Value? Mask,
    float High
) : TrainingForm
{
    /// <summary>The form; null where statistics are not the batch's, or a map was added.</summary>
    public static TrainedNormalizationGradient? Of(Node node, BatchNormAttributes options)
    {
        Value? mask = options.Relu ? node.Inputs[2].Producer?.Output : null;
        return
            options is { UsesBatch: true, IsInstance: false, Residual: false }
            && (!options.Relu || (mask is not null && IsMap(mask)))
            && IsMap(node.Inputs[0])
            && IsMap(node.Inputs[1])
            ? new(node, options, node.Inputs[1], mask, float.NaN)
            : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads =>
        [new(new(Node.Inputs[0])), new(new(Dy)), .. Mask is null ? Array.Empty<MapRead>() : [new(new(Mask))]];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Results => [.. Node.Outputs.Skip(1)];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Tensors => [Node.Inputs[2]];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding)
    {
        GradientNumbers numbers = new(this, binding);
        yield return new ProductsPass(this, numbers, binding);
        if (binding.IsWanted(Node.Output))
        {
            yield return new NormalizationGradientPass(this, numbers, binding);
        }
    }
}
