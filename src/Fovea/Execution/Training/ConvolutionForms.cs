using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution in a training step.</summary>
/// <param name="Node">The node: x, weight, and a bias where there is one.</param>
/// <param name="Geometry">Sizes for one item.</param>
internal sealed record TrainedConvolution(Node Node, ConvolutionGeometry Geometry) : TrainingForm
{
    /// <summary>The form; null where no kernel takes the maps as they lie.</summary>
    public static TrainedConvolution? Of(Node node, ConvolutionGeometry geometry) =>
        IsMap(node.Inputs[0])
        && IsMap(node.Output)
        && node.Inputs.All(i => i.DType == DType.Float32)
        && ConvolutionPlanner.HasMapKernel(geometry, isFirst: node.Inputs[0].Kind == ValueKind.Input)
            ? new(node, geometry)
            : null;

    /// <summary>The maps read: an input of few channels lies in planes.</summary>
    public MapKey Key =>
        new(
            Node.Inputs[0],
            Node.Inputs[0].Kind == ValueKind.Input
            && Geometry.InChannels < ConvolutionPlanner.PlaneChannels
            && BlockedConvolution.Supports(Geometry, lanes: 1)
                ? 1
                : TileCall.Block
        );

    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads =>
        [new(Key, ConvolutionPlanner.Halo(Question(1), CpuProfile.Current))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Tensors => [.. Node.Inputs.Skip(1).Where(i => i.Tensor is null)];

    /// <summary>How it is computed for a batch.</summary>
    public AlgorithmChoice ChoiceFor(int items) => ConvolutionPlanner.Choose(Question(items), CpuProfile.Current);

    /// <summary>What is asked of the planner for a batch.</summary>
    private ConvolutionQuestion Question(int items) =>
        new(
            ConvolutionPass.Forward,
            Geometry,
            Key.Lanes == 1 ? MapLayout.Planes : MapLayout.Blocked,
            Items: items,
            IsPackedAnew: true
        );

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) =>
        [new ForwardConvolutionPass(this, binding)];
}

/// <summary>The gradient of a convolution's input in a training step.</summary>
/// <param name="Node">The node: dy and the weight.</param>
/// <param name="Geometry">Sizes of the convolution for one item.</param>
internal sealed record TrainedDataGradient(Node Node, ConvolutionGeometry Geometry) : TrainingForm
{
    /// <summary>The form; null where no kernel takes the maps as they lie.</summary>
    public static TrainedDataGradient? Of(Node node, ConvolutionGeometry geometry) =>
        IsMap(node.Inputs[0])
        && IsMap(node.Output)
        && node.Inputs.All(i => i.DType == DType.Float32)
        && DataGradient.Supports(geometry)
            ? new(node, geometry)
            : null;

    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads =>
        [new(new(Node.Inputs[0]), DataGradient.Halo(Geometry, Precision.Default, CpuProfile.Current))];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [Node.Output];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Tensors => [.. Node.Inputs.Skip(1).Where(i => i.Tensor is null)];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new DataGradientPass(this, binding)];
}

/// <summary>The gradient of a convolution's weights in a training step.</summary>
/// <param name="Node">The node: x and dy.</param>
/// <param name="Geometry">Sizes of the convolution for one item.</param>
internal sealed record TrainedWeightsGradient(Node Node, ConvolutionGeometry Geometry) : TrainingForm
{
    /// <summary>The form; null where no kernel takes the maps as they lie.</summary>
    public static TrainedWeightsGradient? Of(Node node, ConvolutionGeometry geometry) =>
        IsMap(node.Inputs[0])
        && IsMap(node.Inputs[1])
        && !node.Output.Shape.HasBatch
        && (WeightsGradient.Supports(geometry) || DepthwiseConvolution.Supports(geometry))
            ? new(node, geometry)
            : null;

    /// <summary>The maps read: few channels of an input lie together.</summary>
    public MapKey Key =>
        new(
            Node.Inputs[0],
            Node.Inputs[0].Kind == ValueKind.Input && Geometry.Groups == 1
                ? Math.Min(TileCall.Block, Geometry.InChannels)
                : TileCall.Block
        );

    /// <inheritdoc/>
    public override IReadOnlyList<MapRead> Reads =>
        MayBeWinograd
            ?
            [
                new(Key, WinogradConvolution.Halo(Geometry)),
                new(new(Node.Inputs[1]), WinogradWeightsGradient.Halo(Geometry)),
            ]
            : [new(Key, BlockedConvolution.Halo(Geometry, Key.Lanes)), new(new(Node.Inputs[1]))];

    /// <summary>Whether Winograd's algorithm is quicker for many items; halos are made for it then.</summary>
    public bool MayBeWinograd =>
        Key.Lanes == TileCall.Block && WinogradWeightsGradient.IsQuicker(Geometry, 1 << 10, CpuProfile.Current);

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Writes => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Results => [Node.Output];

    /// <inheritdoc/>
    public override IEnumerable<TrainingPass> Bind(TrainingBinding binding) => [new WeightsGradientPass(this, binding)];
}
