namespace Fovea.Workbench;

/// <summary>Root of the mean of (output - target)²; NaN without values.</summary>
/// <remarks>scikit-learn's <c>root_mean_squared_error</c> with its usual uniform average: a root for each value of an
/// item, then their mean. With <see cref="IsPooled"/> one root over all values, as is usual for maps. Output and target
/// have one shape, [N, ...].</remarks>
public sealed class RootMeanSquaredError : OutputMetric
{
    private double[] _squares = [];
    private long _rows;

    /// <summary>Whether there is one root over all values, e.g. for maps [N, 1, H, W]; false unless set.</summary>
    public bool IsPooled { get; init; }

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override double Value =>
        _squares.Length == 0 || _rows == 0 ? double.NaN
        : IsPooled ? Math.Sqrt(_squares.Sum() / ((double)_rows * _squares.Length))
        : _squares.Average(s => Math.Sqrt(s / _rows));

    /// <inheritdoc/>
    public override void Reset() => (_squares, _rows) = ([], 0);

    /// <inheritdoc/>
    protected override void Add(Tensor output, Tensor target)
    {
        RequireSameShape(output, target);
        double[] a = output.ToArray<double>(),
            b = target.ToArray<double>();
        Columns.Fit(ref _squares, output, Name);
        for (int i = 0; i < a.Length; i++)
        {
            double difference = a[i] - b[i];
            _squares[i % _squares.Length] += difference * difference;
        }

        _rows += output.Shape[0];
    }
}
