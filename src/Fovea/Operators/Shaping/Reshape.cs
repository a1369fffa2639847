namespace Fovea;

/// <summary>The same elements under another shape. No copy.</summary>
/// <param name="attributes">The new shape for a given one.</param>
internal sealed class Reshape(ReshapeAttributes attributes) : Operator
{
    /// <summary>Creates it for a form.</summary>
    public Reshape(string name, ReshapeForm form)
        : this(new ReshapeAttributes(name, form)) { }

    /// <inheritdoc/>
    public override ReshapeAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    internal override bool IsView => true;

    /// <summary>The new shape for a given one, as data.</summary>
    public ReshapeForm Target => attributes.Form;

    /// <inheritdoc/>
    public override string Name => attributes.Name;

    /// <summary>The operator for sizes of which one may be -1. In a trace a size that is the batch is left open, so
    /// that the operator is true of every batch.</summary>
    public static Reshape To(string name, Shape from, ReadOnlySpan<int> sizes, Module? owner = null) =>
        new(name, Open(name, from, sizes)) { Owner = owner };

    /// <summary>Sizes of which one may be -1, as they are for an input: in a trace with the batch open.</summary>
    public static ReshapeForm Open(string name, Shape from, ReadOnlySpan<int> sizes) =>
        new ReshapeSizes(name, new(OpenBatch(name, from, sizes)));

    /// <summary>The operator for a whole shape, of which the batch may be open: how gradients go back.</summary>
    public static Reshape To(SymbolicShape shape) => new("Reshape", new ReshapeShape(shape));

    /// <summary>The operator that drops axes of size 1: those named, or all.</summary>
    public static Reshape ForSqueeze(int[] axes, Module? owner = null) =>
        new("Squeeze", new SqueezeAxes(new(axes))) { Owner = owner };

    /// <summary>The operator that puts an axis of size 1 in.</summary>
    public static Reshape ForUnsqueeze(int axis, Module? owner = null) =>
        new("Unsqueeze", new UnsqueezeAxis(axis)) { Owner = owner };

    /// <summary>The operator that merges neighbouring axes into one.</summary>
    public static Reshape ForFlatten(int startAxis, int endAxis, Module? owner = null) =>
        new("Flatten", new FlattenAxes(startAxis, endAxis)) { Owner = owner };

    private static int[] OpenBatch(string name, Shape from, ReadOnlySpan<int> sizes)
    {
        try
        {
            return GraphTracer.Current?.OpenBatch(ReshapeSizes.Resolve(name, from, sizes), sizes) ?? sizes.ToArray();
        }
        catch (ShapeException)
        {
            return sizes.ToArray(); // the rule will refuse them, and the trace say where
        }
    }

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        attributes.Form is ReshapeShape { Shape.HasBatch: true } open
            ? new Reshape(Name, new ReshapeShape(SymbolicShape.Fixed(open.Shape.At(batch)))) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => attributes.Form.Of(inputs[0]);

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => call.Inputs[0].View(call.OutputShape);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, To(GradientCall.Open(call.InputShape(0))).Apply(call.Gradient()));

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <summary>An axis stays where the output has one of its size with as many elements in front; otherwise it is
    /// merged, and every position counts as reading all of it.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[0][axis],
            found = -1;
        long before = Shape.Create(shapes.Inputs[0].Sizes[..axis]).Count,
            product = 1;
        for (int i = 0; i < shapes.Output.Rank; i++)
        {
            bool fits = i > 0 && product == before && shapes.Output[i] == size;
            found = fits && (found < 0 || shapes.Output.Rank - i == shapes.Inputs[0].Rank - axis) ? i : found; // an axis of size 1 fits in several places: as far from the end is best
            product *= shapes.Output[i];
        }

        return (found, found >= 0 ? AxisMap.Identity(size) : AxisMap.All(size));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => input == 0 ? 1.0 : null;

    internal override ExecutionForm? Form(Node node) => new ViewForm();
}

/// <summary>A reshape.</summary>
/// <param name="Name">The operation the user asked for: Reshape, Flatten, Squeeze, Unsqueeze, Max.</param>
/// <param name="Form">The new shape for a given one.</param>
internal sealed record ReshapeAttributes(string Name, ReshapeForm Form) : OperatorAttributes;
