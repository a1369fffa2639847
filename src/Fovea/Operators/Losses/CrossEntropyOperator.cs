using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Cross entropy of logits with class targets, one loss a position. Backward is softmax - target, from the
/// saved log-probabilities.</summary>
internal sealed class CrossEntropyOperator(double smoothing, Tensor? weights, long? ignored, bool fromLabels) : Operator
{
    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

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
        if (fromLabels && target != positions)
        {
            throw new ShapeException(
                $"{Subject}: labels must be {positions}, the prediction's shape without its class axis, got {target}. Prediction {x}."
            );
        }

        if (!fromLabels && target != x)
        {
            string hint =
                target == positions
                    ? "Labels must be Int64: convert them with To(DType.Int64)."
                    : "For labels pass Int64.";
            throw new ShapeException(
                $"{Subject}: target probabilities must have the prediction's shape, got {target} and {x}. {hint}"
            );
        }

        if (weights is not null && weights.Shape != Shape.Create([x[ClassAxis(x)]]))
        {
            throw new ShapeException(
                $"{Subject}: class weights must be [{x[ClassAxis(x)]}], one for each class, got {weights.Shape}. Prediction {x}."
            );
        }

        return positions;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            target = call.Inputs[1];
        ElementType.RequireFloat(Subject, x);
        RequireLabels(target, x.Shape[ClassAxis(x.Shape)]);
        Tensor logProbabilities = NoGrad.Run(() => x.LogSoftmax(ClassAxis(x.Shape)));
        Tensor losses = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            Compute<double>(logProbabilities, target, losses);
        }
        else
        {
            Compute<float>(logProbabilities, target, losses);
        }

        call.Save(logProbabilities, target);
        return losses;
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        if (call.Needs(1))
        {
            throw new InvalidOperationException(
                $"{Subject}: the target cannot require a gradient. Detach it, or use KullbackLeibler with LogSoftmax."
            );
        }

        Tensor dx = Tensor.Uninitialized(call.InputShapes[0], gradient.DType);
        if (gradient.DType == DType.Float64)
        {
            Differentiate<double>(call.Saved[0], call.Saved[1], gradient, dx);
        }
        else
        {
            Differentiate<float>(call.Saved[0], call.Saved[1], gradient, dx);
        }

        call.Accumulate(0, dx);
    }

    private static int ClassAxis(Shape x) => x.Rank == 1 ? 0 : 1;

    private unsafe void RequireLabels(Tensor target, int classes)
    {
        long* labels = fromLabels ? target.Pointer<long>() : null;
        for (long i = 0; fromLabels && i < target.Count; i++)
        {
            if ((ulong)labels[i] >= (ulong)classes && labels[i] != ignored)
            {
                throw new ArgumentException(
                    $"{Subject}: labels must be 0 to {classes - 1}, got {labels[i]} at index {i}."
                );
            }
        }

        GC.KeepAlive(target);
    }

    private unsafe ClassTargets<T> Targets<T>(Tensor target, Tensor? ownWeights, Shape x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new()
        {
            Labels = fromLabels ? target.Pointer<long>() : null,
            Probabilities = fromLabels ? null : target.Pointer<T>(),
            Weights = ownWeights is null ? null : ownWeights.Pointer<T>(),
            Smoothing = smoothing,
            Ignored = ignored,
            Classes = x[ClassAxis(x)],
            Inner = AxisSet.Around(x, ClassAxis(x)).Inner,
        };

    private unsafe void Compute<T>(Tensor logProbabilities, Tensor target, Tensor losses)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor? ownWeights = weights?.To(losses.DType);
        ClassTargets<T> targets = Targets<T>(target, ownWeights, logProbabilities.Shape);
        CrossEntropyKernel<T>.Forward(targets, logProbabilities.Pointer<T>(), losses.Pointer<T>(), losses.Count);
        GC.KeepAlive(logProbabilities);
        GC.KeepAlive(target);
        GC.KeepAlive(ownWeights);
        GC.KeepAlive(losses);
    }

    private unsafe void Differentiate<T>(Tensor logProbabilities, Tensor target, Tensor dy, Tensor dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor? ownWeights = weights?.To(dx.DType);
        ClassTargets<T> targets = Targets<T>(target, ownWeights, dx.Shape);
        CrossEntropyKernel<T>.Backward(
            targets,
            logProbabilities.Pointer<T>(),
            dy.Pointer<T>(),
            dx.Pointer<T>(),
            dy.Count
        );
        GC.KeepAlive(logProbabilities);
        GC.KeepAlive(target);
        GC.KeepAlive(ownWeights);
        GC.KeepAlive(dx);
    }
}
