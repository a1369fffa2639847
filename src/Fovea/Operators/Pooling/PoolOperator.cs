using Fovea.Kernels;

namespace Fovea;

/// <summary>What all pools have in common: one input, and windows over it.</summary>
/// <param name="name">The operator's name, e.g. <c>MaxPool2d</c>.</param>
/// <param name="windows">Where the windows lie.</param>
internal abstract class PoolOperator(string name, PoolWindows windows) : Operator
{
    private PoolAttributes? _attributes;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        windows.OutputShape(inputs[0], windows.Resolve(Subject, inputs[0]));

    /// <summary>Whether the windows follow from the output's size.</summary>
    protected bool IsAdaptive => windows is not SlidingPoolWindows;

    /// <summary>The windows over the call's input.</summary>
    protected PoolGeometry Geometry(OperatorCall call) => windows.Resolve(Subject, call.InputShapes[0]);

    /// <summary>What the operators of the gradient hold.</summary>
    protected PoolSizes Sizes(Shape x)
    {
        int pooled = windows.Pooled(x);
        return new PoolSizes(name, windows, x.Rank - pooled, x.Sizes[^pooled..].ToArray());
    }

    /// <inheritdoc/>
    public override PoolAttributes Attributes => _attributes ??= With(windows.Attributes);

    /// <summary>The attributes of the windows with those of the kind of pool.</summary>
    private protected virtual PoolAttributes With(PoolAttributes attributes) =>
        attributes is SlidingPoolAttributes sliding ? sliding with { CountsPadding = true } : attributes;

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Pool;

    /// <inheritdoc/>
    public override string Explain(OperatorShapes shapes) => windows.Explain(Subject, shapes.Inputs[0]);

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        windows.ReadsOf(Subject, shapes, axis);

    /// <summary>The axes of the windows.</summary>
    protected IEnumerable<AxisMap> Maps(OperatorShapes shapes) => windows.Maps(Subject, shapes.Inputs[0]);

    /// <summary>Taps of a window.</summary>
    protected double Taps(OperatorShapes shapes) =>
        Maps(shapes).Aggregate(1.0, (product, map) => product * map.Taps(map.Out / 2).Count());

    /// <summary>The form of a pool of images with a batch axis.</summary>
    private protected PoolForm? Form(Node node, bool mean, int divisor) =>
        windows.PerAxis(Subject, node.Shapes.Inputs[0]) is { } geometry ? new PoolForm(geometry, mean, divisor) : null;

    /// <summary>The form of a pool of images in training.</summary>
    private protected TrainedPool? FormInTraining(Node node, bool mean, int divisor) =>
        TrainingForm.IsMap(node.Inputs[0])
        && TrainingForm.IsMap(node.Output)
        && node.Inputs[0].Shape.Rank == node.Output.Shape.Rank
        && Form(node, mean, divisor) is { } form
            ? new TrainedPool(node, form)
            : null;
}

/// <summary>The largest value of each window.</summary>
internal sealed class MaxPool(string name, PoolWindows windows) : PoolOperator(name, windows)
{
    /// <summary>The largest values, and where they stood: for each output the position in its plane of the input, as an
    /// int32 in memory of four bytes.</summary>
    /// <param name="inputs">x.</param>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        Shape y = OutputShape([inputs[0].Shape]);
        return [new(y, inputs[0].DType), new(y, DType.Float32, OutputRole.Saved, "winners") { IsRaw = true }];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Outputs(1);

    /// <inheritdoc/>
    protected override unsafe void Run(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        Tensor? winners = call.Wants(1) ? Tensor.Uninitialized(call.OutputShape, DType.Float32) : null;
        int* argmax = winners is null ? null : winners.Pointer<int>();
        if (x.DType == DType.Float64)
        {
            MaxPooling<double>.Forward(Geometry(call), x.Pointer<double>(), y.Pointer<double>(), argmax);
        }
        else
        {
            MaxPooling<float>.Forward(Geometry(call), x.Pointer<float>(), y.Pointer<float>(), argmax);
        }

        call.SetOutput(0, y);
        if (winners is not null)
        {
            call.SetOutput(1, winners);
        }
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(
            0,
            new MaxPoolGradient(Sizes(call.InputShape(0))) { Owner = Owner }.Apply(call.Gradient(), call.Output(1))
        );

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.X is { } x ? NormalExpectation.Largest(x, Taps(use.Shapes)) : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return (double)use.Shapes.Output.Count / use.Shapes.Inputs[0].Count; // each output's gradient goes to one input
    }

    internal override ExecutionForm? Form(Node node) => Form(node, mean: false, 0);

    internal override TrainingForm? FormInTraining(Node node) => FormInTraining(node, mean: false, 0);
}

/// <summary>The mean of each window.</summary>
/// <param name="name">The operator's name.</param>
/// <param name="windows">Where the windows lie.</param>
/// <param name="divisor">What sums are divided by; 0 for the number of values counted.</param>
internal sealed class AvgPool(string name, PoolWindows windows, int divisor = 0) : PoolOperator(name, windows)
{
    /// <inheritdoc/>
    private protected override PoolAttributes With(PoolAttributes attributes) =>
        attributes is SlidingPoolAttributes sliding && divisor != 0 ? sliding with { Divisor = divisor } : attributes;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            AveragePooling<double>.Forward(Geometry(call), divisor, x.Pointer<double>(), y.Pointer<double>());
        }
        else
        {
            AveragePooling<float>.Forward(Geometry(call), divisor, x.Pointer<float>(), y.Pointer<float>());
        }

        GC.KeepAlive(y);
        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(
            0,
            new AvgPoolGradient(this, Sizes(call.InputShape(0)), divisor) { Owner = Owner }.Apply(call.Gradient())
        );

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Pool | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, IsAdaptive ? shapes.Inputs[0].Count : 0);
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        double taps = divisor > 0 ? divisor : Taps(use.Shapes),
            valid = WindowRules.MeanTaps(Maps(use.Shapes));
        return use.X is { } x
            ? new Signal(
                x.Mean * valid / taps,
                x.ChannelVariance * valid * valid / (taps * taps),
                x.Variance * valid / (taps * taps),
                x.IsApproximate || taps > 1.0
            )
            : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        double taps = divisor > 0 ? divisor : Taps(use.Shapes);
        return WindowRules.MeanReads(Maps(use.Shapes)) / (taps * taps);
    }

    internal override ExecutionForm? Form(Node node) => Form(node, mean: true, divisor);

    internal override TrainingForm? FormInTraining(Node node) => FormInTraining(node, mean: true, divisor);
}

/// <summary>The p-norm of each window.</summary>
/// <param name="name">The operator's name.</param>
/// <param name="windows">Where the windows lie.</param>
/// <param name="norm">p, 1 or more.</param>
internal sealed class LpPool(string name, PoolWindows windows, double norm) : PoolOperator(name, windows)
{
    /// <inheritdoc/>
    private protected override PoolAttributes With(PoolAttributes attributes) =>
        base.With(attributes) is SlidingPoolAttributes sliding ? sliding with { Norm = norm } : attributes;

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            PowerPooling<double>.Forward(Geometry(call), norm, x.Pointer<double>(), y.Pointer<double>());
        }
        else
        {
            PowerPooling<float>.Forward(Geometry(call), norm, x.Pointer<float>(), y.Pointer<float>());
        }

        GC.KeepAlive(y);
        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        GradientReads.Inputs(0) | GradientReads.Outputs(0);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(
            0,
            new LpPoolGradient(Sizes(call.InputShape(0)), norm) { Owner = Owner }.Apply(
                call.Input(0),
                call.Output(),
                call.Gradient()
            )
        );
}
