namespace Fovea.Workbench;

/// <summary>How the variance over the items is spread over the positions of an item.</summary>
internal sealed class PositionSpread
{
    // A picture 3 x 1024 x 1024 is left out.
    private const int MostValues = 1 << 20;

    private readonly double[] _sums,
        _squares;
    private int _items;

    public PositionSpread(Shape item)
    {
        int values = item.Count <= MostValues ? (int)item.Count : 0;
        (_sums, _squares) = (new double[values], new double[values]);
    }

    /// <summary>Adds an item of finite values.</summary>
    public void Add(ReadOnlySpan<float> item)
    {
        _items++;
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] += item[i];
            _squares[i] += (double)item[i] * item[i];
        }
    }

    /// <summary>The share of all variance over the items that the hundredth of the positions with most of it has, 0-1; NaN for
    /// fewer than 100 positions, or none that varies.</summary>
    public double ShareOfFew()
    {
        if (_sums.Length < 100 || _items == 0)
        {
            return double.NaN;
        }

        double[] variances =
        [
            .. _sums.Zip(_squares, (s, q) => Math.Max(0, (q / _items) - (s / _items * (s / _items)))).OrderDescending(),
        ];
        double all = variances.Sum();
        return all > 0 ? variances.Take(variances.Length / 100).Sum() / all : double.NaN;
    }
}
