using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution of which everything is known but the batch: what its gradient operators hold. They need all of
/// it, as several input sizes can give one output size.</summary>
/// <param name="Rank">Spatial axes, 1 to 3.</param>
/// <param name="Item">The sizes for a batch of one item.</param>
/// <param name="Owner">The layer.</param>
internal sealed record ConvolutionSizes(int Rank, ConvolutionGeometry Item, Module? Owner)
{
    /// <summary>The shape of the weight.</summary>
    public Shape Weight => Shape.Create([Item.OutChannels, Item.InPerGroup, .. Spatial(a => a.Kernel)]);

    /// <summary>Arguments as text.</summary>
    public IReadOnlyList<OperatorOption> Options =>
        [
            new("input", Text(a => $"{a.In}")),
            new("kernel", Text(a => $"{a.Kernel}")),
            new("stride", Text(a => $"{a.Stride}")),
            new("padding", Text(a => $"{a.PadBefore}+{a.PadAfter}")),
            new("dilation", Text(a => $"{a.Dilation}")),
            new("groups", $"{Item.Groups}"),
            new("padding-mode", Item.Mode.ToString().ToLowerInvariant()),
        ];

    /// <summary>The shape of x for a y.</summary>
    public Shape Input(Shape y) => WithMap(Require(y, Item.OutChannels, a => a.Out), Item.InChannels, a => a.In);

    /// <summary>The shape of y for an x.</summary>
    public Shape Output(Shape x) => WithMap(Require(x, Item.InChannels, a => a.In), Item.OutChannels, a => a.Out);

    /// <summary>The plan for a batch.</summary>
    /// <param name="map">The shape of x or y.</param>
    public ConvolutionPlan PlanFor(Shape map) =>
        ConvolutionPlan.For(Item with { Batch = map.Rank == Rank + 1 ? 1 : map[0] });

    /// <summary>Multiply-adds.</summary>
    /// <param name="y">The shape of y.</param>
    public OperatorCost Cost(Shape y) => new(checked(y.Count * Item.InPerGroup * Item.Taps));

    /// <summary>y of x and weight: the convolution without its bias.</summary>
    public Tensor Forward(Tensor x, Tensor weight) => new ConvolutionForward(this) { Owner = Owner }.Apply(x, weight);

    /// <summary>The gradient of x.</summary>
    public Tensor BackwardData(Tensor dy, Tensor weight) =>
        new ConvolutionBackwardData(this) { Owner = Owner }.Apply(dy, weight);

    /// <summary>The gradient of the weight.</summary>
    public Tensor BackwardWeights(Tensor x, Tensor dy) =>
        new ConvolutionBackwardWeights(this) { Owner = Owner }.Apply(x, dy);

    private Shape Require(Shape map, int channels, Func<WindowAxis, int> size)
    {
        bool fits =
            map.Rank - Rank is 1 or 2
            && map[-Rank - 1] == channels
            && map.Sizes[^Rank..].SequenceEqual(Spatial(size).ToArray());
        return fits
            ? map
            : throw new ShapeException(
                $"Conv{Rank}d: its gradient needs a map of {channels} channels and size {Text(a => $"{size(a)}")}, got {map}."
            );
    }

    private Shape WithMap(Shape map, int channels, Func<WindowAxis, int> size) =>
        Shape.Create([.. map.Sizes[..(map.Rank - Rank - 1)], channels, .. Spatial(size)]);

    private IEnumerable<int> Spatial(Func<WindowAxis, int> size) => Axes.Select(size);

    private string Text(Func<WindowAxis, string> size) => string.Join('x', Axes.Select(size));

    private IEnumerable<WindowAxis> Axes => new[] { Item.Depth, Item.Height, Item.Width }.Skip(3 - Rank);
}
