using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A function of each element in a training step.</summary>
/// <param name="Node">The node.</param>
/// <param name="Clamp">Smallest and largest result, where it is a clamp.</param>
/// <param name="Map">Else the function.</param>
internal sealed record TrainedFunction(Node Node, (float Low, float High)? Clamp, ElementMap? Map) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [new(new(Node.Inputs[0]))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new FunctionPass(this, binding)];
}

/// <summary>The gradient of a function of each element in a training step.</summary>
/// <param name="Node">The node: x or y where the function saves one, and dy.</param>
/// <param name="High">Where it passes dy on for outputs above 0 and below a limit: the limit, not a number for none.</param>
/// <param name="Map">The gradient: saved (null where nothing is), dy, dx, count.</param>
internal sealed record TrainedFunctionGradient(Node Node, float? High, GradientMap Map) : TrainingForm
{
    /// <summary>What comes in.</summary>
    public Value Dy => Node.Inputs[^1];

    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [.. Node.Inputs.Select(i => new MapRead(new(i)))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) =>
        [new FunctionGradientPass(this, binding)];
}

/// <summary>dx of a run of elements, from what the function saved (may be null) and dy.</summary>
internal unsafe delegate void GradientMap(float* saved, float* dy, float* dx, int count);

/// <summary>The sum of two maps in a training step.</summary>
/// <param name="Node">The node.</param>
internal sealed record TrainedSum(Node Node) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [new(new(Node.Inputs[0])), new(new(Node.Inputs[1]))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new SumPass(this, binding)];
}

/// <summary>A pool in a training step.</summary>
/// <param name="Node">The node.</param>
/// <param name="Pool">Its windows.</param>
internal sealed record TrainedPool(Node Node, PoolForm Pool) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [new(new(Node.Inputs[0]))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new PoolPass(this, binding)];
}

/// <summary>The gradient of a max pool in a training step: dy, and x and y of the pool.</summary>
/// <param name="Node">The gradient.</param>
/// <param name="Forward">The pool.</param>
/// <param name="Windows">Its windows, for one item.</param>
internal sealed record TrainedMaxPoolGradient(Node Node, Node Forward, PoolGeometry Windows) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads =>
        [new(new(Node.Inputs[0])), new(new(Forward.Inputs[0])), new(new(Forward.Output))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new MaxPoolGradientPass(this, binding)];
}

/// <summary>The gradient of a mean over all positions in a training step.</summary>
/// <param name="Node">The node: dy of one position.</param>
internal sealed record TrainedMeanGradient(Node Node) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [new(new(Node.Inputs[0]))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new MeanGradientPass(this, binding)];
}

/// <summary>Channels copied in a training step: of several maps into one, or some of one.</summary>
/// <param name="Node">A concatenation along the channels, or a run of channels that begins at a whole block.</param>
/// <param name="First">The first channel read, where it is a run of channels.</param>
internal sealed record TrainedChannels(Node Node, int First) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [.. Node.Inputs.Select(i => new MapRead(new(i)))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new ChannelsPass(this, binding)];
}

/// <summary>The sums of a map by channel in a training step: the gradient of a bias.</summary>
/// <param name="Node">The node.</param>
internal sealed record TrainedChannelSum(Node Node) : TrainingForm
{
    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads => [new(new(Node.Inputs[0]))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Results => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new ChannelSumPass(this, binding)];
}
