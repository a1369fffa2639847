using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The target distribution of a cross entropy over [outer, classes, inner]: labels or probabilities, weighted
/// and smoothed.</summary>
/// <typeparam name="T">Element type of predictions.</typeparam>
internal unsafe struct ClassTargets<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>[outer, inner] class indices, or null where probabilities are given.</summary>
    public long* Labels;

    /// <summary>[outer, classes, inner], or null where labels are given.</summary>
    public T* Probabilities;

    /// <summary>[classes], or null for 1 each.</summary>
    public T* Weights;

    /// <summary>Share of the target spread evenly over the classes.</summary>
    public double Smoothing;

    /// <summary>A label that counts for nothing.</summary>
    public long? Ignored;

    /// <summary>Number of classes.</summary>
    public int Classes;

    /// <summary>Positions behind the class axis.</summary>
    public long Inner;

    /// <summary>The weighted target of a class at a position.</summary>
    public readonly double At(long position, int c)
    {
        double target;
        if (Labels is not null)
        {
            long label = Labels[position];
            if (label == Ignored)
            {
                return 0.0;
            }

            target = label == c ? 1.0 : 0.0;
        }
        else
        {
            target = double.CreateTruncating(Probabilities[Index(position, c)]);
        }

        double weight = Weights is null ? 1.0 : double.CreateTruncating(Weights[c]);
        return weight * (((1.0 - Smoothing) * target) + (Smoothing / Classes));
    }

    /// <summary>Where a class of a position stands in the predictions.</summary>
    public readonly long Index(long position, int c) =>
        (((position / Inner * Classes) + c) * Inner) + (position % Inner);
}

/// <summary>Cross entropy of log-probabilities with a target distribution, sums in double.</summary>
internal static unsafe class CrossEntropyKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>losses[position] = -sum over classes of target * log-probability. A target of 0 contributes nothing,
    /// even at -∞.</summary>
    public static void Forward(ClassTargets<T> targets, T* logProbabilities, T* losses, long positions) =>
        Chunks.For(
            positions * targets.Classes,
            positions,
            position =>
            {
                double sum = 0.0;
                for (int c = 0; c < targets.Classes; c++)
                {
                    double target = targets.At(position, c);
                    sum -=
                        target == 0.0
                            ? 0.0
                            : target * double.CreateTruncating(logProbabilities[targets.Index(position, c)]);
                }

                losses[position] = T.CreateTruncating(sum);
            }
        );

    /// <summary>dx = dy (softmax * sum of targets - target): the gradient of the logits. dx is overwritten.</summary>
    public static void Backward(ClassTargets<T> targets, T* logProbabilities, T* dy, T* dx, long positions)
    {
        UnaryKernel<T, ExpFunction>.Forward(default, logProbabilities, dx, positions * targets.Classes);
        Chunks.For(
            positions * targets.Classes,
            positions,
            position =>
            {
                double total = 0.0,
                    gradient = double.CreateTruncating(dy[position]);
                for (int c = 0; c < targets.Classes; c++)
                {
                    total += targets.At(position, c);
                }

                for (int c = 0; c < targets.Classes; c++)
                {
                    T* element = dx + targets.Index(position, c);
                    *element = T.CreateTruncating(
                        gradient * ((double.CreateTruncating(*element) * total) - targets.At(position, c))
                    );
                }
            }
        );
    }
}
