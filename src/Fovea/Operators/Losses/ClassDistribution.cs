using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Class targets written out, one number for each class: as smoothed and weighted; zeros where a label is
/// ignored.</summary>
/// <param name="attributes">How targets are read, and what comes out.</param>
/// <remarks>Inputs: targets and, where there are some, class weights. It has no gradient: targets are fixed.</remarks>
internal sealed class ClassDistribution(ClassDistributionAttributes attributes) : Operator
{
    /// <summary>Creates it for a number of classes.</summary>
    public ClassDistribution(ClassTargetOptions targets, int classes, DType dtype)
        : this(new ClassDistributionAttributes(targets, classes, dtype)) { }

    /// <inheritdoc/>
    public override ClassDistributionAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "ClassDistribution";

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 0;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape shape = inputs[0];
        int before = Math.Min(1, shape.Rank);
        return attributes.Targets.AreLabels
            ? Shape.Create([.. shape.Sizes[..before], attributes.Classes, .. shape.Sizes[before..]])
            : shape;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new OutputSpec(OutputShape(ShapesOf(inputs)), attributes.Type)];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, attributes.Type);
        if (attributes.Type == DType.Float64)
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
        ClassTargets<T> read = attributes.Targets.Of<T>(
            call.Inputs[0],
            call.Inputs.Count > 1 ? call.Inputs[1] : null,
            y.Shape
        );
        T* result = y.Pointer<T>();
        Chunks.For(
            y.Count,
            y.Count / attributes.Classes,
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
}

/// <summary>Targets written out.</summary>
/// <param name="Targets">How targets are read.</param>
/// <param name="Classes">Number of classes, 1 or more.</param>
/// <param name="Type">Element type of the result.</param>
internal sealed record ClassDistributionAttributes(ClassTargetOptions Targets, int Classes, DType Type)
    : OperatorAttributes;
