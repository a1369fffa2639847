using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>How class targets are read.</summary>
/// <param name="Smoothing">Share of the target spread evenly over all classes, 0 to 1.</param>
/// <param name="Ignored">A label whose positions count for nothing.</param>
/// <param name="AreLabels">Whether targets are Int64 labels; else probabilities.</param>
internal sealed record ClassTargetOptions(double Smoothing, long? Ignored, bool AreLabels) : OperatorAttributes
{
    /// <summary>Requires labels to name classes.</summary>
    /// <exception cref="ArgumentException">One does not.</exception>
    public unsafe void Require(string subject, Tensor target, int classes)
    {
        if (AreLabels != (target.DType == DType.Int64))
        {
            throw new ArgumentException(
                $"{subject}: targets were declared as {(AreLabels ? "Int64 labels" : "probabilities")}, got {target.DType}."
            );
        }

        long* labels = AreLabels ? target.Pointer<long>() : null;
        for (long i = 0; AreLabels && i < target.Count; i++)
        {
            if ((ulong)labels[i] >= (ulong)classes && labels[i] != Ignored)
            {
                throw new ArgumentException(
                    $"{subject}: labels must be 0 to {classes - 1}, got {labels[i]} at index {i}."
                );
            }
        }

        GC.KeepAlive(target);
    }

    /// <summary>Targets as the kernels read them; the tensors must be kept alive meanwhile.</summary>
    public unsafe ClassTargets<T> Of<T>(Tensor target, Tensor? weights, Shape x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new()
        {
            Labels = AreLabels ? target.Pointer<long>() : null,
            Probabilities = AreLabels ? null : target.Pointer<T>(),
            Weights = weights is null ? null : weights.Pointer<T>(),
            Smoothing = Smoothing,
            Ignored = Ignored,
            Classes = x[CrossEntropyOperator.ClassAxis(x)],
            Inner = AxisSet.Around(x, CrossEntropyOperator.ClassAxis(x)).Inner,
        };
}
