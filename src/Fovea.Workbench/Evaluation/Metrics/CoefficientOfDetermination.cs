namespace Fovea.Workbench;

/// <summary>R²: 1 - sum of (target - output)² / sum of (target - mean target)², for each value of an item, then their
/// mean. 1 is perfect; always answering the mean gives 0; worse is negative.</summary>
/// <remarks>scikit-learn's <c>r2_score</c> with its usual uniform average over outputs: NaN for fewer than two items;
/// where all targets are equal, 1 if every output is right and else 0. Output and target have one shape, [N, ...]. The
/// sum about the mean is updated item by item (Welford: Note on a method for calculating corrected sums of squares and
/// products, 1962), so large means cost no digits.</remarks>
public sealed class CoefficientOfDetermination : OutputMetric
{
    private Column[] _columns = [];
    private long _rows;

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override double Value =>
        _rows < 2 || _columns.Length == 0 ? double.NaN : _columns.Average(c => c.Determination);

    /// <inheritdoc/>
    public override void Reset() => (_columns, _rows) = ([], 0);

    /// <inheritdoc/>
    protected override void Add(Tensor output, Tensor target)
    {
        RequireSameShape(output, target);
        double[] a = output.ToArray<double>(),
            b = target.ToArray<double>();
        Columns.Fit(ref _columns, output, Name);
        for (int i = 0; i < a.Length; i++)
        {
            _columns[i % _columns.Length].Add(a[i], b[i], _rows + 1 + (i / _columns.Length));
        }

        _rows += output.Shape[0];
    }

    private struct Column
    {
        private double _mean;
        private double _total;
        private double _residual;

        public readonly double Determination =>
            _total != 0 ? 1 - (_residual / _total)
            : _residual == 0 ? 1
            : 0;

        public void Add(double output, double target, long count)
        {
            double before = target - _mean;
            _mean += before / count;
            _total += before * (target - _mean);
            _residual += (target - output) * (target - output);
        }
    }
}
