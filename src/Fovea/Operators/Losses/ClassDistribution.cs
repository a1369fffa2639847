using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Class targets written out, one number for each class: as smoothed and weighted; zeros where a label is
/// ignored.</summary>
/// <param name="targets">How targets are read.</param>
/// <param name="classes">Number of classes, 1 or more.</param>
/// <param name="dtype">Element type of the result.</param>
/// <remarks>Inputs: targets and, where there are some, class weights. It has no gradient: targets are fixed.</remarks>
internal sealed class ClassDistribution(ClassTargetOptions targets, int classes, DType dtype) : Operator
{
    /// <inheritdoc/>
    public override string Name => "ClassDistribution";

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 0;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape shape = inputs[0];
        int before = Math.Min(1, shape.Rank);
        return targets.AreLabels ? Shape.Create([.. shape.Sizes[..before], classes, .. shape.Sizes[before..]]) : shape;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new OutputSpec(OutputShape(ShapesOf(inputs)), dtype)];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, dtype);
        if (dtype == DType.Float64)
        {
            Compute<double>(call, y);
        }
        else
        {
            Compute<float>(call, y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        for (int i = 0; i < call.InputCount; i++)
        {
            call.GiveNone(i);
        }
    }

    private unsafe void Compute<T>(OperatorCall call, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ClassTargets<T> read = targets.Of<T>(call.Inputs[0], call.Inputs.Count > 1 ? call.Inputs[1] : null, y.Shape);
        T* result = y.Pointer<T>();
        Chunks.For(
            y.Count,
            y.Count / classes,
            position =>
            {
                for (int c = 0; c < read.Classes; c++)
                {
                    result[read.Index(position, c)] = T.CreateTruncating(read.At(position, c));
                }
            }
        );
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => [.. targets.Options, new("classes", $"{classes}")];
}
