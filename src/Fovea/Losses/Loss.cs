namespace Fovea.Losses;

/// <summary>How the losses of single elements become one.</summary>
public enum LossReduction
{
    /// <summary>Their mean; 0 where there are none.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Left as they are.</summary>
    None,

    /// <summary>Their sum over the size of the first axis: the mean over samples of each sample's sum.</summary>
    BatchMean,
}

/// <summary>Measures how far predictions are from targets; what training makes small. Derive from it and override
/// <see cref="Forward"/> to write one.</summary>
public abstract class Loss
{
    /// <summary>How the losses of single elements become one; <see cref="LossReduction.Mean"/> unless set.</summary>
    public LossReduction Reduction { get; init; } = LossReduction.Mean;

    /// <summary>The name in messages: that of the class.</summary>
    public string Name => GetType().Name;

    /// <summary>Computes the loss.</summary>
    /// <param name="prediction">What the network gave; gradients flow into it.</param>
    /// <param name="target">What it should have given.</param>
    /// <returns>Shape [], or that of the single losses without reduction.</returns>
    /// <exception cref="ShapeException">Prediction and target do not fit.</exception>
    public abstract Tensor Forward(Tensor prediction, Tensor target);

    /// <summary>What <see cref="Reduction"/> divides the sum of the losses by; null where it does not divide. The loss
    /// of several batches as if they were one is the sum of loss * divisor over the sum of divisors.</summary>
    /// <param name="prediction">As for <see cref="Forward"/>.</param>
    /// <param name="target">As for <see cref="Forward"/>.</param>
    /// <returns>The number of values, of the mean; the size of the first axis, of the mean over samples. 0 where there
    /// is nothing to divide by: the loss is then the sum.</returns>
    public virtual double? Divisor(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return Reduction switch
        {
            LossReduction.Mean => prediction.Count,
            LossReduction.BatchMean when prediction.Rank > 0 => prediction.Shape[0],
            _ => null,
        };
    }

    /// <summary>Applies <see cref="Reduction"/>.</summary>
    /// <param name="losses">The losses of single elements.</param>
    protected Tensor Reduce(Tensor losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return Reduction switch
        {
            LossReduction.None => losses,
            LossReduction.Mean => new Sum(
                new SumAttributes(default, Keep: false, IsMean: true, EmptyIsZero: true)
            ).Apply(losses),
            LossReduction.BatchMean when losses.Rank > 0 => new DivideByCount(
                GraphTracer.Open([losses.Shape[0]]),
                emptyIsOne: true
            ).Apply(losses.Sum()),
            _ => losses.Sum(),
        };
    }

    /// <summary>Requires prediction and target to have one shape.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="target">The target.</param>
    /// <exception cref="ShapeException">They differ.</exception>
    protected void RequireSameShape(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Shape != target.Shape)
        {
            throw new ShapeException(
                $"{Name}: prediction and target must have the same shape, got {prediction.Shape} and {target.Shape}. Broadcasting here would hide a mistake; use Reshape or Squeeze."
            );
        }

        if (target.DType != prediction.DType)
        {
            throw new ArgumentException(
                $"{Name}: target must have the prediction's element type, got {target.DType} and {prediction.DType}. Convert it with To(DType.{prediction.DType})."
            );
        }
    }
}
