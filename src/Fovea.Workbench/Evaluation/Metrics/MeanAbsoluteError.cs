namespace Fovea.Workbench;

/// <summary>Mean of |output - target| over all values; NaN without values.</summary>
/// <remarks>scikit-learn's <c>mean_absolute_error</c> with its usual uniform average over outputs, which is the same
/// number. Output and target have one shape, [N, ...].</remarks>
public sealed class MeanAbsoluteError : OutputMetric
{
    private double _sum;
    private long _count;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override double Value => _sum / _count;

    /// <inheritdoc/>
    public override void Reset() => (_sum, _count) = (0, 0);

    /// <inheritdoc/>
    protected override void Add(Tensor output, Tensor target)
    {
        RequireSameShape(output, target);
        double[] a = output.ToArray<double>(),
            b = target.ToArray<double>();
        for (int i = 0; i < a.Length; i++)
        {
            _sum += Math.Abs(a[i] - b[i]);
        }

        _count += a.Length;
    }
}
