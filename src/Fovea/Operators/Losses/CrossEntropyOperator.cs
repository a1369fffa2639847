using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Cross entropy of logits with class targets, one loss a position. The gradient is softmax - target, from the saved
/// log-probabilities.</summary>
/// <param name="targets">How targets are read.</param>
/// <remarks>Inputs: logits, targets and, where there are some, class weights of the logits' type.</remarks>
internal sealed class CrossEntropyOperator(ClassTargetOptions targets) : Operator
{
    /// <inheritdoc/>
    public override ClassTargetOptions Attributes => targets;

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 1;

    /// <inheritdoc/>
    public override string Name => "CrossEntropy";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0],
            target = inputs[1];
        if (x.Rank == 0 || x[ClassAxis(x)] == 0)
        {
            throw new ShapeException(
                $"{Subject}: the prediction must be [N, classes, ...] or [classes] with one class or more, got {x}."
            );
        }

        bool[] marks = new bool[x.Rank];
        marks[ClassAxis(x)] = true;
        Shape positions = AxisSet.Reduce(x, marks, keepDims: false);
        if (targets.AreLabels && target != positions)
        {
            throw new ShapeException(
                $"{Subject}: labels must be {positions}, the prediction's shape without its class axis, got {target}. Prediction {x}."
            );
        }

        if (!targets.AreLabels && target != x)
        {
            string hint =
                target == positions
                    ? "Labels must be Int64: convert them with To(DType.Int64)."
                    : "For labels pass Int64.";
            throw new ShapeException(
                $"{Subject}: target probabilities must have the prediction's shape, got {target} and {x}. {hint}"
            );
        }

        if (inputs.Length > 2 && inputs[2] != Shape.Create([x[ClassAxis(x)]]))
        {
            throw new ShapeException(
                $"{Subject}: class weights must be [{x[ClassAxis(x)]}], one for each class, got {inputs[2]}. Prediction {x}."
            );
        }

        return positions;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        DType type = FloatTypeOf(inputs);
        return
        [
            new(OutputShape(ShapesOf(inputs)), type),
            new(inputs[0].Shape, type, OutputRole.Saved, "log_probabilities") { IsDifferentiable = true },
        ];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        new GradientReads(needs.Length > 2 ? 0b110UL : 0b010UL, 0b10UL);

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Tensor x = call.Inputs[0];
        int axis = ClassAxis(x.Shape);
        targets.Require(Subject, call.Inputs[1], x.Shape[axis]);
        Tensor logProbabilities = new SoftmaxOperator(axis, logarithm: true).Execute([x], [true])[0]!;
        Tensor losses = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            Compute<double>(logProbabilities, call, losses);
        }
        else
        {
            Compute<float>(logProbabilities, call, losses);
        }

        call.SetOutput(0, losses);
        if (call.Wants(1))
        {
            call.SetOutput(1, logProbabilities);
        }
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        if (call.Needs(1))
        {
            throw new InvalidOperationException(
                $"{Subject}: the target cannot require a gradient. Detach it, or use KullbackLeibler with LogSoftmax."
            );
        }

        if (call.InputCount > 2)
        {
            call.GiveNone(2); // class weights are fixed
        }

        if (!call.Needs(0))
        {
            return;
        }

        Tensor logProbabilities = call.Output(1);
        if (call.GradientOrNone(0) is { } gradient)
        {
            CrossEntropyGradient op = new(targets);
            call.Give(
                0,
                call.InputCount > 2
                    ? op.Apply(logProbabilities, call.Input(1), gradient, call.Input(2))
                    : op.Apply(logProbabilities, call.Input(1), gradient)
            );
        }

        if (call.GradientOrNone(1) is { } further) // a gradient of a gradient comes through here
        {
            int axis = ClassAxis(call.InputShape(0));
            call.Give(0, new SoftmaxGradient(axis, logarithm: true).Apply(logProbabilities, further));
        }
    }

    /// <summary>The axis of the classes: the second, or the only one.</summary>
    public static int ClassAxis(Shape x) => x.Rank == 1 ? 0 : 1;

    private unsafe void Compute<T>(Tensor logProbabilities, OperatorCall call, Tensor losses)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor? weights = call.Inputs.Count > 2 ? call.Inputs[2] : null;
        ClassTargets<T> read = targets.Of<T>(call.Inputs[1], weights, logProbabilities.Shape);
        CrossEntropyKernel<T>.Forward(read, logProbabilities.Pointer<T>(), losses.Pointer<T>(), losses.Count);
        GC.KeepAlive(logProbabilities);
        GC.KeepAlive(losses);
    }
}
