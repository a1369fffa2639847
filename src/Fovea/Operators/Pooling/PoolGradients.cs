using Fovea.Kernels;

namespace Fovea;

/// <summary>What a pool's gradient operators hold: the windows, and the input's sizes but for the batch, as several input
/// sizes can give one output size.</summary>
/// <param name="Name">The pool's name.</param>
/// <param name="Windows">Where the windows lie.</param>
/// <param name="Leading">Axes that are not pooled: batch and channels, or channels.</param>
/// <param name="Spatial">The input's sizes of the others.</param>
internal sealed record PoolSizes(string Name, PoolWindows Windows, int Leading, int[] Spatial)
{
    /// <summary>Arguments as text.</summary>
    public IReadOnlyList<OperatorOption> Options =>
        [.. PoolEntries.OptionsOf(Windows.Attributes), new("input", string.Join('x', Spatial))];

    /// <summary>The shape of x for a y.</summary>
    public Shape Input(Shape y) => Shape.Create([.. y.Sizes[..Leading], .. Spatial]);

    /// <summary>The windows over an input.</summary>
    public PoolGeometry Over(Shape x) => Windows.Resolve(Name, x);

    /// <summary>Checks that a tensor fits the outputs of an input.</summary>
    public Shape RequireOutput(Shape y, Shape x) =>
        Windows.OutputShape(x, Over(x)) == y
            ? y
            : throw new ShapeException($"{Name}: its gradient needs one value an output, got {y} for x {x}.");
}

/// <summary>dy sent back to the values that won: the gradient of a max pool. Inputs: dy, and the winners that the pool
/// saved.</summary>
/// <param name="sizes">The pool.</param>
internal sealed class MaxPoolGradient(PoolSizes sizes) : Operator
{
    /// <inheritdoc/>
    public override string Name => $"{sizes.Name}Gradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => sizes.Options;

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => sizes.Input(inputs[0]);

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(1);

    /// <inheritdoc/>
    internal override bool AcceptsSavedAt(int input) => input == 1;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor dy = call.Inputs[0],
            dx = Tensor.Uninitialized(call.OutputShape, dy.DType);
        int* winners = call.Inputs[1].Pointer<int>();
        if (dy.DType == DType.Float64)
        {
            MaxPooling<double>.Backward(sizes.Over(dx.Shape), winners, dy.Pointer<double>(), dx.Pointer<double>());
        }
        else
        {
            MaxPooling<float>.Backward(sizes.Over(dx.Shape), winners, dy.Pointer<float>(), dx.Pointer<float>());
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        call.Give(0, new MaxPoolGather(sizes) { Owner = Owner }.Apply(call.Gradient(), call.Input(1)));
        call.GiveNone(1);
    }

    internal override TrainingForm? FormInTraining(Node node) =>
        node.Inputs[1].Producer is { } forward
        && TrainingForm.IsMap(node.Inputs[0])
        && TrainingForm.IsMap(forward.Inputs[0])
        && forward.Output.Shape == node.Inputs[0].Shape
        && sizes.Windows.PerAxis(sizes.Name, node.Output.Shape.Single) is { } geometry
            ? new TrainedMaxPoolGradient(node, forward, geometry)
            : null;
}

/// <summary>The values that stand where those of another tensor had won: the adjoint of <see cref="MaxPoolGradient"/>.
/// Inputs: x, and the winners that the pool saved.</summary>
/// <param name="sizes">The pool.</param>
internal sealed class MaxPoolGather(PoolSizes sizes) : Operator
{
    /// <inheritdoc/>
    public override string Name => $"{sizes.Name}Gather";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => sizes.Options;

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => sizes.RequireOutput(inputs[1], inputs[0]);

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(1);

    /// <inheritdoc/>
    internal override bool AcceptsSavedAt(int input) => input == 1;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        int* winners = call.Inputs[1].Pointer<int>();
        if (x.DType == DType.Float64)
        {
            MaxPooling<double>.Gather(sizes.Over(x.Shape), winners, x.Pointer<double>(), y.Pointer<double>());
        }
        else
        {
            MaxPooling<float>.Gather(sizes.Over(x.Shape), winners, x.Pointer<float>(), y.Pointer<float>());
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        call.Give(0, new MaxPoolGradient(sizes) { Owner = Owner }.Apply(call.Gradient(), call.Input(1)));
        call.GiveNone(1);
    }
}

/// <summary>Every dy shared among the values of its window: the gradient of an average pool, whose own gradient is the pool
/// again.</summary>
/// <param name="pool">The pool.</param>
/// <param name="sizes">Its windows.</param>
/// <param name="divisor">What sums are divided by; 0 for the number of values counted.</param>
internal sealed class AvgPoolGradient(AvgPool pool, PoolSizes sizes, int divisor) : Operator
{
    /// <inheritdoc/>
    public override string Name => $"{sizes.Name}Gradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        divisor == 0 ? sizes.Options : [.. sizes.Options, new("divisor", $"{divisor}")];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => sizes.Input(inputs[0]);

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor dy = call.Inputs[0],
            dx = Tensor.Uninitialized(call.OutputShape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            AveragePooling<double>.Backward(sizes.Over(dx.Shape), divisor, dy.Pointer<double>(), dx.Pointer<double>());
        }
        else
        {
            AveragePooling<float>.Backward(sizes.Over(dx.Shape), divisor, dy.Pointer<float>(), dx.Pointer<float>());
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) => call.Give(0, pool.Apply(call.Gradient()));

    internal override TrainingForm? FormInTraining(Node node) =>
        TrainingForm.IsMap(node.Inputs[0])
        && TrainingForm.IsMap(node.Output)
        && divisor == 0
        && sizes.Windows.PerAxis(sizes.Name, node.Output.Shape.Single) is { IsGlobal: true }
            ? new TrainedMeanGradient(node)
            : null;
}
